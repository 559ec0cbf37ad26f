// Beside Optuna 5's own figures (tests/oracles/tuning.py made them).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parameterImportances } from './importance.js';
import type { NumericalDistribution, Space } from './journal/distribution.js';
import { distributionFromJson, distributionToJson } from './journal/distribution-json.js';
import type { FrozenTrial, TrialState } from './journal/frozen-trial.js';
import { HyperbandPruner } from './pruners/hyperband-pruner.js';
import { MedianPruner } from './pruners/median-pruner.js';
import { PatientPruner } from './pruners/patient-pruner.js';
import { PercentilePruner } from './pruners/percentile-pruner.js';
import type { Pruner } from './pruners/pruner.js';
import { SuccessiveHalvingPruner } from './pruners/successive-halving-pruner.js';
import { numericalKernels, ParzenEstimator } from './samplers/parzen-estimator.js';
import { splitTrials } from './samplers/tpe-sampler.js';

interface Fixture {
  importances: Study[];
  estimators: {
    space: Record<string, string>;
    observations: number[][];
    points: number[][];
    weights: number[];
    centres: number[][];
    bandwidths: number[][];
    logDensities: number[];
  }[];
  splits: { direction: 'minimize' | 'maximize'; trials: PlainTrial[]; good: number[] }[];
  studies: {
    pruner: string;
    direction: 'minimize' | 'maximize';
    trials: { reports: (number | null)[]; decisions: boolean[]; value: number | null }[];
  }[];
}
interface Study {
  direction: 'minimize' | 'maximize';
  trials: { value: number; params: FrozenTrial['params']; distributions: Record<string, string> }[];
  importances: Record<string, number>;
}
interface PlainTrial {
  number: number;
  state: TrialState;
  value: number | null;
  reports: [step: number, value: number | null][];
}

const fixture = JSON.parse(readFileSync(new URL('fixtures/optuna.json', import.meta.url), 'utf8')) as Fixture;

describe.each(fixture.estimators)('an estimator of $space over $observations.0.length trials', (expected) => {
  const space: Space = new Map(
    Object.entries(expected.space).map(([name, json]) => [name, distributionFromJson(name, json)]),
  );
  const columns = expected.observations.map((column) => Float64Array.from(column));
  const estimator = new ParzenEstimator(space, columns);

  it('reads and writes the distributions', () => {
    for (const [name, json] of Object.entries(expected.space)) {
      expect(JSON.parse(distributionToJson(space.get(name)!))).toEqual(JSON.parse(json));
    }
  });

  it('has the same weights, centres and bandwidths', () => {
    expectClose(estimator.weights, expected.weights);
    [...space.values()].forEach((distribution, i) => {
      if (distribution.kind === 'categorical') return;
      const kernels = numericalKernels(distribution as NumericalDistribution, columns[i]!);
      expectClose(kernels.centres, expected.centres[i]!);
      expectClose(kernels.bandwidths, expected.bandwidths[i]!);
    });
  });

  it('has the same log densities', () => {
    expectClose(
      expected.points.map((point) => estimator.logDensity(Float64Array.from(point))),
      expected.logDensities,
    );
  });
});

describe.each(fixture.splits)('$trials.length trials to $direction', ({ direction, trials, good }) => {
  it('are split into the same good and other ones', () => {
    const split = splitTrials(trials.map(frozen), direction);
    expect(split.good.map(({ number }) => number)).toEqual(good);
    expect(split.good.length + split.others.length).toBe(trials.length);
  });
});

describe.each(fixture.importances)('the parameters of a study to $direction', ({ direction, trials, importances }) => {
  it('have the same importances', () => {
    const known = trials.map(({ value, params, distributions }, number) => {
      const read = Object.entries(distributions).map(
        ([name, json]) => [name, distributionFromJson(name, json)] as const,
      );
      const trial = frozen({ number, state: 'complete', value, reports: [] });
      return { ...trial, params, distributions: Object.fromEntries(read) };
    });
    const found = parameterImportances(known, direction);
    const names = Object.keys(importances);
    expect([...found.keys()].sort()).toEqual(names.sort());
    expectClose(
      names.map((name) => found.get(name)!),
      names.map((name) => importances[name]!),
    );
  });
});

const pruners: Record<string, Pruner> = {
  median: new MedianPruner(),
  'median-late': new MedianPruner({ startupTrials: 3, warmUpSteps: 4, interval: 3, leastTrials: 2 }),
  percentile: new PercentilePruner(25),
  halving: new SuccessiveHalvingPruner({ leastResource: 1, reduction: 3 }),
  'halving-early': new SuccessiveHalvingPruner({ leastResource: 2, reduction: 2, earlyStopping: 1, bootstrap: 2 }),
  hyperband: new HyperbandPruner({ leastResource: 1, mostResource: 27, reduction: 3 }),
  patient: new PatientPruner(new MedianPruner({ startupTrials: 3 }), 2),
  'patient-alone': new PatientPruner(null, 14, { leastGain: 0.1 }),
};

describe.each(fixture.studies)('the pruner $pruner, to $direction', ({ pruner, direction, trials }) => {
  it('decides as Optuna at every report of 40 trials', () => {
    const known: FrozenTrial[] = [];
    let stopped = 0;
    for (const [number, { reports, decisions, value }] of trials.entries()) {
      const own = decisions.map((_, step) => {
        const soFar = reports.slice(0, step + 1).map((report, at): [number, number | null] => [at, report]);
        const trial = frozen({ number, state: 'running', value: null, reports: soFar });
        return pruners[pruner]!.shouldPrune(trial, { direction, studyName: 'history', trials: [...known, trial] });
      });
      expect(own, `trial ${number}`).toEqual(decisions);
      const isPruned = decisions.at(-1) === true;
      if (isPruned) stopped++;
      const all = reports.map((report, at): [number, number | null] => [at, report]);
      known.push(frozen({ number, state: isPruned ? 'pruned' : 'complete', value, reports: all }));
    }
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(trials.length);
  });
});

function frozen({ number, state, value, reports }: PlainTrial): FrozenTrial {
  return {
    id: number,
    number,
    state,
    value,
    params: {},
    distributions: {},
    intermediateValues: new Map(reports.map(([step, report]) => [step, report ?? Number.NaN])),
    userAttributes: {},
    systemAttributes: {},
    started: null,
    completed: null,
  };
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `number ${i}: ${found[i]} beside ${value}`).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(value)),
    );
  });
}
