import { describe, expect, it } from 'vitest';
import { createRandom } from '../numbers/random.js';
import { createStudy } from './create-study.js';
import { GridSampler } from './samplers/grid-sampler.js';
import { QuasiRandomSampler, scrambledRadicalInverse } from './samplers/quasi-random-sampler.js';
import { RandomSampler } from './samplers/random-sampler.js';
import { describeSampler, mixed } from './samplers/sampler.contract.js';
import { TpeSampler } from './samplers/tpe-sampler.js';
import type { Trial } from './trial.js';

describeSampler('random', (seed) => new RandomSampler({ seed }));
describeSampler('quasi-random', (seed) => new QuasiRandomSampler({ seed }));
describeSampler('TPE', (seed) => new TpeSampler({ seed }));
describeSampler('TPE, one by one', (seed) => new TpeSampler({ seed, multivariate: false }));

describe('TPE', () => {
  it('finds better values than random search', async () => {
    const best = async (make: (seed: number) => TpeSampler | RandomSampler) => {
      let sum = 0;
      for (let seed = 0; seed < 8; seed++) {
        const study = await createStudy({ sampler: make(seed) });
        await study.optimize(mixed, { trials: 60 });
        sum += study.bestValue;
      }
      return sum / 8;
    };
    expect(await best((seed) => new TpeSampler({ seed }))).toBeLessThan(
      0.6 * (await best((seed) => new RandomSampler({ seed }))),
    );
  });

  it('climbs as well as it descends', async () => {
    const study = await createStudy({ direction: 'maximize', sampler: new TpeSampler({ seed: 1 }) });
    await study.optimize((trial) => -mixed(trial), { trials: 60 });
    const mirrored = await createStudy({ sampler: new TpeSampler({ seed: 1 }) });
    await mirrored.optimize(mixed, { trials: 60 });
    expect(study.trials.map(({ params }) => params)).toEqual(mirrored.trials.map(({ params }) => params));
  });
});

describe('the quasi-random sequence', () => {
  it.each([2, 3, 5, 7])('has one point in each of b^k equal parts, base %i', (base) => {
    const points = Array.from({ length: base ** 3 }, (_, i) => scrambledRadicalInverse(i, base, createRandom(9)));
    const parts = points.map((point) => Math.floor(point * base ** 3 + 1e-9));
    expect(new Set(parts).size).toBe(base ** 3);
    for (const point of points) expect(point >= 0 && point < 1).toBe(true);
  });
});

describe('a grid', () => {
  const grid = { rate: [0.1, 0.01], kind: ['a', 'b', 'c'] };
  const objective = (trial: Trial) =>
    trial.suggestFloat('rate', 0.001, 1) + (trial.suggestCategorical('kind', ['a', 'b', 'c']) === 'b' ? 0 : 1);

  it('runs each point once, and ends', async () => {
    const study = await createStudy({ sampler: new GridSampler(grid, { seed: 1 }) });
    await study.optimize(objective, { trials: 100, concurrency: 3 });
    const points = study.trials.map(({ params }) => `${params['rate']} ${params['kind']}`);
    expect(points.sort()).toEqual(['0.01 a', '0.01 b', '0.01 c', '0.1 a', '0.1 b', '0.1 c']);
    expect(study.bestParams).toEqual({ rate: 0.01, kind: 'b' });
  });

  it('runs a point again whose trial failed', async () => {
    const study = await createStudy({ sampler: new GridSampler(grid) });
    let calls = 0;
    await study.optimize((trial) => (calls++ === 2 ? Number.NaN : objective(trial)), { trials: 100 });
    expect(study.trials.filter(({ state }) => state === 'complete')).toHaveLength(6);
  });

  it('names a parameter that it lacks, and a value out of range', async () => {
    const study = await createStudy({ sampler: new GridSampler(grid) });
    await expect(study.optimize((trial) => trial.suggestInt('units', 1, 2), { trials: 1 })).rejects.toThrow(
      /no parameter units/,
    );
    await expect(study.optimize((trial) => trial.suggestFloat('rate', 0.5, 1), { trials: 1 })).rejects.toThrow(
      /of rate is not in its range/,
    );
    expect(() => new GridSampler({ rate: [] })).toThrow(/at least one value of rate/);
  });
});
