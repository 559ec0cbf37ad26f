// Samplers and pruners by their names on the command line.
import type { Distribution, ParameterValue } from '../../core/tuning/journal/distribution.js';
import { HyperbandPruner } from '../../core/tuning/pruners/hyperband-pruner.js';
import { MedianPruner } from '../../core/tuning/pruners/median-pruner.js';
import { NoPruner } from '../../core/tuning/pruners/no-pruner.js';
import type { Pruner } from '../../core/tuning/pruners/pruner.js';
import { SuccessiveHalvingPruner } from '../../core/tuning/pruners/successive-halving-pruner.js';
import { GridSampler } from '../../core/tuning/samplers/grid-sampler.js';
import { QuasiRandomSampler } from '../../core/tuning/samplers/quasi-random-sampler.js';
import { RandomSampler } from '../../core/tuning/samplers/random-sampler.js';
import { valueAt } from '../../core/tuning/samplers/random-value.js';
import type { Sampler } from '../../core/tuning/samplers/sampler.js';
import { TpeSampler } from '../../core/tuning/samplers/tpe-sampler.js';

export const samplerNames = ['tpe', 'random', 'quasi-random', 'grid'] as const;
export type SamplerName = (typeof samplerNames)[number];
export const prunerNames = ['median', 'halving', 'hyperband', 'none'] as const;
export type PrunerName = (typeof prunerNames)[number];

type Space = ReadonlyMap<string, Distribution>;

const samplers: Record<SamplerName, (space: Space, seed: number) => Sampler> = {
  tpe: (_, seed) => new TpeSampler({ seed }),
  random: (_, seed) => new RandomSampler({ seed }),
  'quasi-random': (_, seed) => new QuasiRandomSampler({ seed }),
  grid: (space, seed) =>
    new GridSampler(Object.fromEntries([...space].map(([key, range]) => [key, gridOf(range)])), { seed }),
};

const pruners: Record<PrunerName, () => Pruner> = {
  // The first epochs say little about a network.
  median: () => new MedianPruner({ warmUpSteps: 2 }),
  halving: () => new SuccessiveHalvingPruner({ leastResource: 2, reduction: 2 }),
  hyperband: () => new HyperbandPruner({ leastResource: 2 }),
  none: () => new NoPruner(),
};

/** A grid takes every choice, every step where there are at most ten, and else five values from end to end. */
export function chooseSampler(name: SamplerName, space: Space, seed: number): Sampler {
  return samplers[name](space, seed);
}

export function choosePruner(name: PrunerName): Pruner {
  return pruners[name]();
}

function gridOf(range: Distribution): ParameterValue[] {
  if (range.kind === 'categorical') return [...range.choices];
  const { low, high, step } = range;
  const steps = step === null || range.log ? Number.POSITIVE_INFINITY : Math.round((high - low) / step);
  if (steps < 10) return Array.from({ length: steps + 1 }, (_, i) => Math.min(high, low + i * step!));
  const values = [0, 0.25, 0.5, 0.75, 1 - 1e-12].map((share) => valueAt(range, share));
  return [...new Set(values)];
}
