import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrozenTrial } from './journal/frozen-trial.js';
import { HyperbandPruner } from './pruners/hyperband-pruner.js';
import { MedianPruner } from './pruners/median-pruner.js';
import { NoPruner } from './pruners/no-pruner.js';
import { PatientPruner } from './pruners/patient-pruner.js';
import { PercentilePruner } from './pruners/percentile-pruner.js';
import type { Pruner } from './pruners/pruner.js';
import { SuccessiveHalvingPruner } from './pruners/successive-halving-pruner.js';

const pruners: Record<string, Pruner> = {
  none: new NoPruner(),
  median: new MedianPruner({ startupTrials: 2 }),
  percentile: new PercentilePruner(30, { startupTrials: 1, warmUpSteps: 1, interval: 2 }),
  'successive halving': new SuccessiveHalvingPruner({ leastResource: 1, reduction: 2 }),
  'successive halving, by itself': new SuccessiveHalvingPruner(),
  hyperband: new HyperbandPruner({ mostResource: 9 }),
  patient: new PatientPruner(new MedianPruner({ startupTrials: 1 }), 1),
};

const reports = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN)), {
  maxLength: 12,
});
const histories = fc.array(fc.record({ values: reports, isComplete: fc.boolean() }), { minLength: 1, maxLength: 12 });

/** The contract: every pruner runs it. */
describe.each(Object.entries(pruners))('the pruner %s', (_, pruner) => {
  const decide = (trials: FrozenTrial[], direction: 'minimize' | 'maximize') =>
    pruner.shouldPrune(trials.at(-1)!, { direction, studyName: 'study', trials });

  it('lets a trial go on that has reported nothing', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const trials = [...history, { values: [], isComplete: false }].map(trialOf);
        expect(decide(trials, 'minimize')).toBe(false);
      }),
    );
  });

  it('decides the same when values and direction are turned round', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const turned = history.map(({ values, ...rest }) => ({ ...rest, values: values.map((value) => -value) }));
        expect(decide(turned.map(trialOf), 'maximize')).toBe(decide(history.map(trialOf), 'minimize'));
      }),
    );
  });

  it('decides the same when all values are shifted', () => {
    const whole = fc.array(
      fc.record({ values: fc.array(fc.integer({ min: -99, max: 99 }), { maxLength: 12 }), isComplete: fc.boolean() }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(whole, (history) => {
        const shifted = history.map(({ values, ...rest }) => ({
          ...rest,
          values: values.map((value) => value + 1000),
        }));
        expect(decide(shifted.map(trialOf), 'minimize')).toBe(decide(history.map(trialOf), 'minimize'));
      }),
    );
  });

  it('never stops a trial that was the best at each of its steps and still improves', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (history, length) => {
        const finite = history.map((trial) => ({
          ...trial,
          values: trial.values.filter((value) => !Number.isNaN(value)),
        }));
        const least = Math.min(0, ...finite.flatMap(({ values }) => values));
        const winner = {
          values: Array.from({ length }, (_, step) => least - (1 + Math.abs(least)) * (1 + step)),
          isComplete: false,
        };
        expect(decide([...finite, winner].map(trialOf), 'minimize')).toBe(false);
      }),
    );
  });
});

describe('a pruner that cannot be', () => {
  it.each([
    [() => new PercentilePruner(101), /percentile must be in 0..100, found 101/],
    [() => new MedianPruner({ interval: 0 }), /interval must be at least 1/],
    [() => new PatientPruner(null, -1), /patience must be at least 0/],
    [() => new SuccessiveHalvingPruner({ reduction: 1 }), /reduction must be a whole number of at least 2/],
    [() => new HyperbandPruner({ leastResource: 3, mostResource: 2 }), /mostResource not below it/],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(message);
  });
});

function trialOf(
  { values, isComplete }: { values: readonly number[]; isComplete: boolean },
  number: number,
): FrozenTrial {
  const last = values.at(-1);
  const hasValue = isComplete && last !== undefined && !Number.isNaN(last);
  return {
    id: number,
    number,
    state: hasValue ? 'complete' : 'running',
    value: hasValue ? last : null,
    params: {},
    distributions: {},
    intermediateValues: new Map(values.map((value, step) => [step, value])),
    userAttributes: {},
    systemAttributes: {},
    started: null,
    completed: null,
  };
}
