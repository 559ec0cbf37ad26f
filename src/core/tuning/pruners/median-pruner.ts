// Stops a trial whose best report so far is worse than the median of the complete trials at the same step.
import { type PercentileOptions, PercentilePruner } from './percentile-pruner.js';

export class MedianPruner extends PercentilePruner {
  constructor(options: PercentileOptions = {}) {
    super(50, options);
  }
}
