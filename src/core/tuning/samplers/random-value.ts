// A value of a parameter's space from a number in [0, 1): what random, quasi-random and starting trials draw by.
import { type Distribution, fromInternal, type ParameterValue } from '../journal/distribution.js';
import { nearestValue } from './parzen-estimator.js';

/** All values are equally likely when `share` is uniform in [0, 1); with `log`, all ratios are. */
export function valueAt(distribution: Distribution, share: number): ParameterValue {
  if (distribution.kind === 'categorical')
    return fromInternal(distribution, Math.floor(share * distribution.choices.length));
  const { low, high, step, log } = distribution;
  const margin = (step ?? 0) / 2;
  const [first, last] = [low - margin, high + margin];
  const x = log ? Math.exp(Math.log(first) + share * Math.log(last / first)) : first + share * (last - first);
  return nearestValue(distribution, x);
}
