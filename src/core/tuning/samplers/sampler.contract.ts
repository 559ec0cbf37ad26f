// What every sampler must do. Each sampler's test runs it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDistribution } from '../any-distribution.contract.js';
import { createStudy, openStudy } from '../create-study.js';
import { contains, toInternal } from '../journal/distribution.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { Trial } from '../trial.js';
import { TrialPruned } from '../trial.js';
import type { Sampler } from './sampler.js';

/** For samplers that take any space. */
export function describeSampler(name: string, make: (seed: number) => Sampler): void {
  describe(`the sampler ${name}`, () => {
    it('proposes only what a distribution contains, after good, bad, equal, pruned and failed trials', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyDistribution, { minLength: 1, maxLength: 4 }),
          fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 'prune', 'fail')), {
            minLength: 14,
            maxLength: 24,
          }),
          fc.integer({ min: 0, max: 1000 }),
          async (distributions, outcomes, seed) => {
            const study = await createStudy({ sampler: make(seed) });
            const objective = async (trial: Trial) => {
              distributions.forEach((distribution, i) => {
                expect(contains(distribution, trial.suggest(`p${i}`, distribution))).toBe(true);
              });
              const outcome = outcomes[trial.number]!;
              if (outcome === 'fail') throw new Error('as told');
              await trial.report(Number(distributions.length), 0);
              if (outcome === 'prune') throw new TrialPruned();
              return outcome as number;
            };
            await study.optimize(objective, { trials: outcomes.length, goOnAfterErrors: true });
            expect(study.trials.length).toBe(outcomes.length);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('proposes the same for the same seed and history, also when the study is continued', async () => {
      const whole = await createStudy({ sampler: make(5) });
      await whole.optimize(mixed, { trials: 30 });
      const storage = new MemoryJournal();
      await (await createStudy({ storage, sampler: make(5) })).optimize(mixed, { trials: 17 });
      const continued = await openStudy('study', storage, { sampler: make(5) });
      await continued.optimize(mixed, { trials: 13 });
      expect(continued.trials.map(({ params }) => params)).toEqual(whole.trials.map(({ params }) => params));
    });

    it('proposes something else for another seed, and in each trial', async () => {
      const one = await createStudy({ sampler: make(1) });
      const other = await createStudy({ sampler: make(2) });
      for (const study of [one, other]) await study.optimize(mixed, { trials: 30 });
      const keys = [...one.trials, ...other.trials].map(({ params }) => JSON.stringify(params));
      expect(new Set(keys).size).toBeGreaterThan(50);
    });

    it('takes spaces that depend on what was chosen before', async () => {
      const study = await createStudy({ sampler: make(3) });
      const objective = (trial: Trial) =>
        trial.suggestCategorical('kind', ['line', 'bowl']) === 'line'
          ? Math.abs(trial.suggestFloat('slope', 0.1, 10, { log: true }) - 1)
          : 2 + trial.suggestInt('width', 1, 9) ** 2;
      await study.optimize(objective, { trials: 40 });
      for (const { params } of study.trials) expect(Object.keys(params)).toHaveLength(2);
    });

    it('does not propose the same to workers that run at the same time', async () => {
      const study = await createStudy({ sampler: make(4) });
      await study.optimize(mixed, { trials: 12 });
      const running = await Promise.all(Array.from({ length: 8 }, () => study.ask()));
      const points = running.map((trial) => String(trial.suggestFloat('rate', 1e-4, 1, { log: true })));
      expect(new Set(points).size).toBe(8);
    });

    it('keeps the whole range in reach', async () => {
      const study = await createStudy({ sampler: make(6) });
      await study.optimize((trial) => trial.suggestInt('n', 0, 3), { trials: 60 });
      const seen = new Set(
        study.trials.map(({ params, distributions }) => toInternal(distributions['n']!, params['n']!)),
      );
      expect(seen).toEqual(new Set([0, 1, 2, 3]));
    });
  });
}

/** Numbers on a logarithm, whole numbers, steps and a choice. */
export function mixed(trial: Trial): number {
  const rate = trial.suggestFloat('rate', 1e-4, 1, { log: true });
  const units = trial.suggestInt('units', 8, 256, { log: true });
  const dropout = trial.suggestFloat('dropout', 0, 0.8, { step: 0.1 });
  const kind = trial.suggestCategorical('kind', ['adam', 'sgd']);
  return (Math.log10(rate) + 2) ** 2 + (Math.log2(units) - 6) ** 2 + dropout + (kind === 'adam' ? 0 : 1);
}
