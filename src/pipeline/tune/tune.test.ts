// The tune stage with runs that are made up: what is asked of them, what is told, what happens when they end otherwise.
import { describe, expect, it } from 'vitest';
import { RunError } from '../../core/errors.js';
import type { Journal } from '../../core/ports/journal.js';
import { silentProgress } from '../../core/ports/progress.js';
import { createStudy, openStudy } from '../../core/tuning/create-study.js';
import { MemoryJournal } from '../../core/tuning/journal/memory-journal.js';
import { MedianPruner } from '../../core/tuning/pruners/median-pruner.js';
import { NoPruner } from '../../core/tuning/pruners/no-pruner.js';
import type { Pruner } from '../../core/tuning/pruners/pruner.js';
import { RandomSampler } from '../../core/tuning/samplers/random-sampler.js';
import type { Study } from '../../core/tuning/study.js';
import { choosePruner, chooseSampler, prunerNames, samplerNames } from './choose-methods.js';
import { parseTuneConfig } from './config.js';
import { openTuning } from './open-tuning.js';
import { chosenConfig, parseSearch, type Search, trialConfig } from './search-space.js';
import { type RunTrial, type TrialRun, type TuneRequest, tune } from './tune.js';

const file = {
  config: { epochs: 4, schedule: { name: 'constant', rate: 0.1 } },
  space: { 'schedule.rate': { low: 0.001, high: 0.1, log: true }, batchSize: { choices: [16, 32] } },
};
const noFile = async () => ({});
const readSearch = (changes: object = {}) => parseSearch({ ...file, ...changes }, noFile);

interface Bench {
  readonly study: Study;
  readonly search: Search;
  readonly runs: TrialRun[];
  readonly tune: (changes: Partial<TuneRequest>) => Promise<void>;
}

/** A journal as another process has it. */
function asWorker(workerId: string, journal: Journal): Journal {
  return {
    workerId,
    now: () => null,
    append: (records) => journal.append(records),
    appendAt: (count, records) => journal.appendAt(count, records),
    read: (from) => journal.read(from),
    close: async () => undefined,
  };
}

async function bench(options: { search?: object; pruner?: Pruner; storage?: Journal } = {}): Promise<Bench> {
  const search = await readSearch(options.search);
  const { storage = new MemoryJournal(), pruner = new NoPruner() } = options;
  const study = await openTuning({ name: 's', storage, sampler: new RandomSampler(), pruner, search, dataset: 'd' });
  const runs: TrialRun[] = [];
  const request: TuneRequest = {
    study,
    search,
    trials: 6,
    workers: 1,
    runTrial: finish,
    now: () => '2026-11-25T10:00:00.000Z',
    isStopped: () => false,
    every: () => () => undefined,
    worker: { name: 'here:9', isGone: () => false },
  };
  return {
    ...{ study, search, runs },
    tune: ({ runTrial = finish, ...changes }) =>
      tune({
        ...request,
        ...changes,
        runTrial: (run, onEpoch) => {
          runs.push(run);
          return runTrial(run, onEpoch);
        },
      }),
  };
}

/** A run whose accuracy is its rate. */
const finish: RunTrial = async ({ config }, onEpoch) => {
  const { rate } = config.schedule;
  for (let epoch = 1; epoch <= config.epochs; epoch++) {
    if (!(await onEpoch({ epoch, accuracy: rate * epoch, loss: -rate })))
      return { end: 'stopped', accuracy: Number.NaN, loss: Number.NaN };
  }
  return { end: 'finished', accuracy: rate, loss: -rate };
};

describe('tune', () => {
  it('runs as many trials as asked for, of which it tells each epoch and the value', async () => {
    const { study, runs, tune, search } = await bench();
    await tune({ trials: 5, workers: 2 });
    expect(study.trials.map(({ state }) => state)).toEqual(new Array(5).fill('complete'));
    for (const { number, params, value, intermediateValues } of study.trials) {
      const { config, folder } = runs.find((run) => run.folder.endsWith(String(number)))!;
      expect([config.schedule.rate, config.batchSize]).toEqual([params['schedule.rate'], params['batchSize']]);
      expect(config.validation).toEqual({ folds: 5, fold: 0, seed: 1 });
      expect(folder).toBe(`trial-000${number}`);
      expect([value, [...intermediateValues.keys()]]).toEqual([config.schedule.rate, [1, 2, 3, 4]]);
    }
    expect(chosenConfig(search, study.bestParams)).toMatchObject({ epochs: 4, schedule: { rate: study.bestValue } });
    // It has them all.
    await tune({ trials: 5 });
    expect(study.trials).toHaveLength(5);
  });

  it('stops what the pruner stops, and counts it', async () => {
    const { study, tune } = await bench({ pruner: new MedianPruner({ startupTrials: 2 }) });
    await tune({ trials: 12 });
    const pruned = study.trials.filter(({ state }) => state === 'pruned');
    expect(pruned.length).toBeGreaterThan(2);
    expect(study.trials).toHaveLength(12);
    for (const { intermediateValues } of pruned) expect(intermediateValues.size).toBeLessThan(4);
  });

  it('takes the mean over several folds, each in a folder of its own', async () => {
    const { study, runs, tune } = await bench({ search: { use: 2, folds: 3 } });
    let call = 0;
    await tune({ trials: 1, runTrial: async () => ({ end: 'finished', accuracy: [0.4, 0.6][call++]!, loss: 1 }) });
    expect(study.bestValue).toBe(0.5);
    expect(runs.map(({ folder }) => folder)).toEqual(['trial-0000/fold-0', 'trial-0000/fold-1']);
    expect(runs.map(({ config }) => config.validation)).toMatchObject([{ fold: 0 }, { fold: 1 }]);
  });

  it('descends when the loss is the objective', async () => {
    const { study, tune } = await bench({ search: { objective: 'loss' } });
    await tune({ trials: 3 });
    expect(study.direction).toBe('minimize');
    expect(study.bestValue).toBe(-Math.max(...study.trials.map(({ params }) => params['schedule.rate'] as number)));
  });

  it('tries a trial again, in its folder, when its worker dies, and gives up after the third', async () => {
    const { study, runs, tune } = await bench();
    let calls = 0;
    await tune({
      trials: 1,
      runTrial: async (...run) => (++calls < 3 ? Promise.reject(new Error('killed')) : finish(...run)),
    });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'failed', 'complete']);
    expect(new Set(runs.map(({ folder }) => folder))).toEqual(new Set(['trial-0000']));
    expect(new Set(study.trials.map(({ params }) => JSON.stringify(params))).size).toBe(1);
  });

  it('gives up after five runs that fail one after the other', async () => {
    const { study, runs, tune } = await bench();
    const killed = async () => Promise.reject(new Error('killed'));
    await expect(tune({ trials: 1, runTrial: killed })).rejects.toThrow(
      /5 runs failed one after the other, the last one: killed/,
    );
    expect(runs.map(({ folder }) => folder)).toEqual([
      'trial-0000',
      'trial-0000',
      'trial-0000',
      'trial-0003',
      'trial-0003',
    ]);
    // The next time it goes on.
    await tune({ trials: 1 });
    expect(study.trials.at(-1)!.state).toBe('complete');
  });

  it('does not try a training again that diverges, and keeps why', async () => {
    const { study, tune } = await bench();
    let calls = 0;
    await tune({
      trials: 1,
      runTrial: async (...run) => (++calls === 1 ? Promise.reject(new RunError('the loss is NaN')) : finish(...run)),
    });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'complete']);
    expect(study.trials[0]!.userAttributes).toMatchObject({ failure: 'the loss is NaN' });
    expect(study.trials[1]!.params).not.toEqual(study.trials[0]!.params);
  });

  it('goes on where it was stopped', async () => {
    const storage = new MemoryJournal();
    const first = await bench({ storage });
    let isStopped = false;
    await first.tune({
      isStopped: () => isStopped,
      runTrial: (run, onEpoch) =>
        finish(run, async (report) => {
          if (first.runs.length === 2 && report.epoch === 2) isStopped = true;
          return onEpoch(report);
        }),
    });
    expect(first.study.trials.map(({ state }) => state)).toEqual(['complete', 'failed', 'waiting']);
    const second = await bench({ storage });
    await second.tune({ trials: 2 });
    expect(second.runs.map(({ folder }) => folder)).toEqual(['trial-0001']);
    expect(second.study.trials.map(({ state }) => state)).toEqual(['complete', 'failed', 'complete']);
    expect(second.study.trials[2]!.params).toEqual(second.study.trials[1]!.params);
  });

  it("revives another process's trial that gave no sign of life, not one that did or that is of another program", async () => {
    const storage = new MemoryJournal();
    const other = await bench({ storage: asWorker('other', storage) });
    const begun = async (alive?: string) => {
      const trial = await other.study.ask();
      for (const [key, range] of other.search.space) trial.suggest(key, range);
      await trial.setUserAttribute('folder', `trial-000${trial.number}`);
      if (alive) await trial.setSystemAttribute('moodlens:alive', alive);
    };
    await begun('2026-11-25T09:50:00.000Z');
    await begun('2026-11-25T09:59:00.000Z');
    await begun();
    const { study, runs, tune } = await bench({ storage });
    const runTrial: RunTrial = async (...run) => {
      // The one that is alive ends meanwhile.
      if (runs.length === 2) await other.study.tell(1, 0.5);
      return finish(...run);
    };
    await tune({ trials: 3, runTrial });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'complete', 'running', 'complete', 'complete']);
    expect(runs[0]!.folder).toBe('trial-0000');
    expect(study.trials[3]!.params).toEqual(study.trials[0]!.params);
  });

  it("tries a process's trial again at once when that is known to be gone", async () => {
    const storage = new MemoryJournal();
    for (const worker of ['here:1', 'here:2', 'there:3']) {
      const other = await bench({ storage: asWorker(worker, storage) });
      await other.study.setSystemAttribute(`moodlens:worker:${worker}`, worker);
      await other.study.ask();
    }
    const { study, runs, tune } = await bench({ storage });
    const isStopped = () => study.trials.some(({ state }) => state === 'complete');
    await tune({ trials: 3, worker: { name: 'here:9', isGone: (name) => name === 'here:1' }, isStopped });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'running', 'running', 'complete']);
    expect(runs.map(({ folder }) => folder)).toEqual(['trial-0000']);
  });

  const first = { 'schedule.rate': 0.05, batchSize: 16 };

  it.each([
    ['was begun', 1],
    ['has its values', 2],
    ['is about to train', 3],
  ])('goes on with the same values when it is killed after a trial %s', async (_, appends) => {
    const storage: MemoryJournal & { dead?: boolean } = new MemoryJournal();
    const killed = await bench({ storage: dyingAfter(storage), search: { first: [first] } });
    await killed.study.setSystemAttribute('moodlens:worker:dead', 'here:1');
    // The rest of that search is never heard of again.
    void killed.tune({ worker: { name: 'here:1', isGone: () => false } }).catch(() => undefined);
    await expect.poll(() => storage.dead).toBe(true);
    const before = (await openStudy('s', storage)).trials;
    expect(before.map(({ state }) => state)).toEqual(['running']);
    const { study, runs, tune } = await bench({ storage: asWorker('new', storage) });
    await tune({ trials: 2, worker: { name: 'here:2', isGone: (name) => name === 'here:1' } });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'complete', 'complete']);
    expect(study.trials[1]!.params).toEqual(first);
    expect(runs[0]).toMatchObject({ folder: 'trial-0000', config: { batchSize: 16, schedule: { rate: 0.05 } } });

    function dyingAfter(journal: MemoryJournal & { dead?: boolean }): Journal {
      let left = Number.POSITIVE_INFINITY;
      const append = async <T>(work: () => Promise<T>, records: readonly object[]): Promise<T> => {
        if (left <= 0) {
          journal.dead = true;
          return new Promise<never>(() => undefined);
        }
        // Counted from the beginning of the trial on.
        if (records.some((record) => 'state' in record && record.state === 0)) left = appends;
        left--;
        return work();
      };
      return {
        ...asWorker('dead', journal),
        append: (records) => append(() => journal.append(records), records),
        appendAt: (count, records) => append(() => journal.appendAt(count, records), records),
      };
    }
  });

  it('begins no trial too many, however many processes share the study, and waits for those of others', async () => {
    const storage = new MemoryJournal();
    const every = (_: number, work: () => void) => {
      const timer = setInterval(work, 1);
      return () => clearInterval(timer);
    };
    const benches = await Promise.all(
      ['a', 'b', 'c'].map((worker) => bench({ storage: asWorker(worker, storage), search: { first: [first] } })),
    );
    await Promise.all(benches.map(({ tune }) => tune({ trials: 10, workers: 2, every })));
    const { study, runs } = benches[0]!;
    await study.refresh();
    expect(study.trials.map(({ state }) => state)).toEqual(new Array(10).fill('complete'));
    expect(study.trials.filter(({ params }) => params['schedule.rate'] === 0.05)).toHaveLength(1);
    expect(runs.length).toBeLessThan(10);
  });

  it('goes on with a trial whose search was killed however often', async () => {
    const storage = new MemoryJournal();
    for (let i = 0; i < 5; i++) {
      const killed = await bench({ storage: asWorker(`w${i}`, storage), search: { first: [first] } });
      void killed.tune({
        worker: { name: `here:${i}`, isGone: () => true },
        runTrial: () => new Promise<never>(() => undefined),
      });
      await expect.poll(() => killed.runs.length).toBe(1);
      expect(killed.runs[0]!.config).toMatchObject({ batchSize: 16, schedule: { rate: 0.05 } });
    }
  });

  it('does not take its own trials for dead after a sleep', async () => {
    const { study, tune } = await bench();
    let tick: () => void = () => undefined;
    let now = '2026-11-25T10:00:00.000Z';
    const every = (milliseconds: number, work: () => void) => {
      if (milliseconds === 30_000) tick = work;
      return () => undefined;
    };
    const runTrial: RunTrial = async (run, onEpoch) => {
      // The machine slept through the night; what runs on a clock wakes first.
      now = '2026-11-26T08:00:00.000Z';
      tick();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return finish(run, onEpoch);
    };
    await tune({ trials: 1, runTrial, every, now: () => now });
    expect(study.trials.map(({ state }) => state)).toEqual(['complete']);
  });

  it('goes on with the next when another machine took its trial for dead', async () => {
    const storage = new MemoryJournal();
    const { study, tune } = await bench({ storage });
    const other = await bench({ storage: asWorker('other', storage) });
    let isFirst = true;
    const notes: string[] = [];
    const progress = { ...silentProgress, note: (text: string) => void notes.push(text) };
    const runTrial: RunTrial = async (run, onEpoch) => {
      if (isFirst) {
        await other.study.refresh();
        await other.study.tell(0, null, 'failed');
      }
      isFirst = false;
      return finish(run, onEpoch);
    };
    await tune({ trials: 1, runTrial, progress });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'complete']);
    expect(notes).toEqual(['trial 0 was taken for dead by another machine, which goes on with it']);
  });

  it('ends a trial whose values cannot be any more, and tries it no second time', async () => {
    const { study, runs, tune } = await bench();
    await study.enqueueTrial({ 'schedule.rate': 5, batchSize: 16 });
    await tune({ trials: 1 });
    expect(study.trials.map(({ state }) => state)).toEqual(['failed', 'complete']);
    expect(runs).toHaveLength(1);
    expect(study.trials[0]!.userAttributes['failure']).toMatch(/schedule\.rate/);
  });

  it('does not go on with a study that it did not make', async () => {
    const storage = new MemoryJournal();
    const other = await createStudy({ name: 's', storage, direction: 'maximize' });
    await other.optimize((trial) => trial.suggestFloat('x', 90, 100), { trials: 2 });
    await expect(bench({ storage })).rejects.toThrow(/was not made by 'moodlens tune'/);
  });

  it('never leaves its folder, whatever a shared journal says', async () => {
    const { study, runs, tune } = await bench();
    await study.enqueueTrial({}, { userAttributes: { retry: { retryOf: 0, folder: '../../elsewhere', attempt: 0 } } });
    await tune({ trials: 1 });
    expect(runs[0]!.folder).toBe('trial-0000');
  });
});

describe('a search', () => {
  it.each([
    [{ space: {} }, /at least one key must be searched/],
    [{ space: { epochs: { low: 2, high: 1, whole: true } } }, /epochs: low must be at most high/],
    [{ space: { nothing: { low: 1, high: 2 } } }, /Unrecognized key: "nothing"/],
    [{ space: { dropout: { low: 0, high: 3 } } }, /dropout/],
    [
      { space: { epochs: { low: 1, high: 4, whole: true } }, first: [{ dropout: 1 }] },
      /only keys of the space \(epochs\), found dropout/,
    ],
    [{ use: 9 }, /use must be at most the 5 folds, found 9/],
    [{ config: [] }, /config/],
    [{ space: { epochs: { low: 2, high: 9 } } }, /expected int[\s\S]*"whole": true/],
    [{ first: [{ batchSize: 48 }] }, /batchSize is one of 16, 32, found 48/],
    [{ first: [{ 'schedule.rate': 0.5 }] }, /schedule\.rate is float 0\.001\.\.0\.1, log, found 0\.5/],
    [{ space: { 'validation.fold': { choices: [0, 1] } } }, /validation\.fold cannot be searched/],
    [{ spase: {} }, /Unrecognized key: "spase"/],
  ])('%j is refused', async (changes, message) => {
    await expect(readSearch(changes)).rejects.toThrow(message);
  });

  it('reads the configuration that it names', async () => {
    const named: string[] = [];
    const search = await parseSearch({ ...file, config: 'base.json' }, async (name) => {
      named.push(name);
      return file.config;
    });
    expect([named, search.config]).toEqual([['base.json'], file.config]);
  });

  it('sets keys inside of what the configuration leaves to its defaults', async () => {
    const search = await readSearch({ config: {} });
    const { schedule, batchSize } = trialConfig(search, { 'schedule.rate': 0.01, batchSize: 32 }, 1);
    expect([schedule, batchSize]).toEqual([{ name: 'one-cycle', rate: 0.01, warmUp: 0.15 }, 32]);
    expect(Object.keys(chosenConfig(search, { 'schedule.rate': 0.01 }))).toEqual(['schedule']);
  });

  it('is continued only on the same data, around the same configuration, with the same keys and choices', async () => {
    const storage = new MemoryJournal();
    await bench({ storage });
    const open = async (changes: object, dataset = 'd') =>
      openTuning({
        name: 's',
        storage,
        sampler: new RandomSampler(),
        pruner: new NoPruner(),
        search: await readSearch(changes),
        dataset,
      });
    await expect(open({}, 'e')).rejects.toThrow(/with another data: it has d, found e/);
    await expect(open({ folds: 3 })).rejects.toThrow(/with another folds: it has 5, found 3/);
    await expect(open({ config: { ...file.config, epochs: 5 } })).rejects.toThrow(/with another config/);
    await expect(open({ space: { batchSize: { choices: [16, 32] } } })).rejects.toThrow(/with another keys/);
    const other = { ...file.space, batchSize: { choices: [16, 64] } };
    await expect(open({ space: other })).rejects.toThrow(
      /with another range of batchSize: it has one of 16, 32, found one of 16, 64/,
    );
    const wider = { ...file.space, 'schedule.rate': { low: 0.0001, high: 1, log: true } };
    expect((await open({ space: wider })).name).toBe('s');
  });

  it('has a sampler and a pruner of each name', async () => {
    const { space } = await readSearch();
    for (const name of samplerNames) expect(chooseSampler(name, space, 1).sample).toBeTypeOf('function');
    for (const name of prunerNames) expect(choosePruner(name).shouldPrune).toBeTypeOf('function');
    expect(() => parseTuneConfig({ sampler: 'toString' })).toThrow(/sampler: .*tpe/);
    expect(() => parseTuneConfig({ pruner: 'toString' })).toThrow(/pruner: .*median/);
    const grid = chooseSampler('grid', space, 1);
    const { study, search, tune } = await bench();
    const seen = await openTuning({
      name: 'grid',
      storage: new MemoryJournal(),
      sampler: grid,
      pruner: study.pruner,
      search,
      dataset: 'd',
    });
    await tune({ study: seen, trials: 99 });
    expect(seen.trials).toHaveLength(10);
  });
});
