// The architecture that a configuration names, as its options stand.
import type { ArchitectureOptions } from '../../core/nn/architectures/architecture.js';
import { auxiliaryUnits } from './choose-targets.js';
import type { TrainConfig } from './config.js';

/** `classes`: how many the dataset has. */
export function architectureOptions(config: TrainConfig, classes: number): ArchitectureOptions {
  const { dropout, l2, kernel } = config;
  return { classes, dropout, l2, kernel, auxiliary: auxiliaryUnits(config) };
}
