import { describe, expect, it } from 'vitest';
import type { Journal, JournalRecord } from '../ports/journal.js';
import { createStudy, listStudies, openStudy } from './create-study.js';
import { MemoryJournal } from './journal/memory-journal.js';
import { MedianPruner } from './pruners/median-pruner.js';
import { RandomSampler } from './samplers/random-sampler.js';
import { type Trial, TrialPruned } from './trial.js';

const bowl = (trial: Trial) => trial.suggestFloat('x', -4, 4) ** 2;

describe('a study', () => {
  it('gives trials and takes their values', async () => {
    const study = await createStudy();
    const [one, other] = [await study.ask(), await study.ask()];
    expect([one.number, other.number]).toEqual([0, 1]);
    const x = one.suggestFloat('x', 0, 1);
    expect(one.suggestFloat('x', 0, 1)).toBe(x);
    expect(one.params).toEqual({ x });
    expect((await study.tell(other, 3)).state).toBe('complete');
    await study.tell(one, 2);
    expect(study.bestTrial.number).toBe(0);
    expect([study.bestValue, study.bestParams]).toEqual([2, { x }]);
    await expect(study.tell(one, 1)).rejects.toThrow(/trial 0 of study study has already ended, complete/);
    await expect(study.tell(7, 1)).rejects.toThrow(/no trial 7/);
  });

  it('takes the earliest of equal best trials, and says when there is none', async () => {
    const study = await createStudy({ direction: 'maximize' });
    expect(() => study.bestTrial).toThrow(/no complete trial yet/);
    for (const value of [1, 5, 5, -2]) await study.tell(await study.ask(), value);
    expect(study.bestTrial.number).toBe(1);
  });

  it('counts what is not finite as failed, and a pruned trial at its last report', async () => {
    const study = await createStudy();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await study.tell(await study.ask(), value)).toMatchObject({ state: 'failed', value: null });
    }
    const trial = await study.ask();
    await trial.report(4, 0);
    await trial.report(3, 1);
    await trial.report(9, 1);
    expect(await study.tell(trial, null, 'pruned')).toMatchObject({ state: 'pruned', value: 3 });
    expect(await study.tell(await study.ask(), null, 'pruned')).toMatchObject({ state: 'pruned', value: null });
    await expect(study.tell(await study.ask(), null)).rejects.toThrow(/must be given a value/);
  });

  it('runs enqueued trials first, in their order, and only once', async () => {
    const study = await createStudy();
    await study.enqueueTrial({ x: 1 });
    await study.enqueueTrial({ x: -2 });
    await study.optimize(bowl, { trials: 3, concurrency: 2 });
    expect(study.trials.map(({ value }) => value).slice(0, 2)).toEqual([1, 4]);
    expect(study.trials).toHaveLength(3);
    await study.enqueueTrial({ x: 99 });
    await expect(study.optimize(bowl, { trials: 1 })).rejects.toThrow(
      /enqueued value 99 of x is not in its range \(float -4..4\)/,
    );
  });

  it('stops at the first error of an objective, or goes on when told to', async () => {
    const fails = (trial: Trial) => {
      if (trial.number === 1) throw new Error('broken');
      return bowl(trial);
    };
    const study = await createStudy();
    await expect(study.optimize(fails, { trials: 5 })).rejects.toThrow('broken');
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'failed']);
    const patient = await createStudy();
    await patient.optimize(fails, { trials: 5, goOnAfterErrors: true });
    expect(patient.trials).toHaveLength(5);
  });

  it('runs as many objectives at a time as told', async () => {
    const study = await createStudy();
    let [running, most] = [0, 0];
    const objective = async (trial: Trial) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < 5; i++) await trial.report(1, i);
      running--;
      return bowl(trial);
    };
    await study.optimize(objective, { trials: 9, concurrency: 3 });
    expect([most, study.trials.length]).toEqual([3, 9]);
  });

  it('calls back after each trial, and ends when stopped or aborted', async () => {
    const study = await createStudy();
    const seen: number[] = [];
    await study.optimize(bowl, {
      trials: 100,
      callbacks: [
        (one, { number }) => {
          seen.push(number);
          if (number === 3) one.stop();
        },
      ],
    });
    expect(seen).toEqual([0, 1, 2, 3]);
    await study.optimize(bowl, { trials: 100, signal: { aborted: true } });
    expect(study.trials).toHaveLength(4);
  });

  it('prunes by its pruner', async () => {
    const study = await createStudy({ sampler: new RandomSampler(), pruner: new MedianPruner({ startupTrials: 4 }) });
    const objective = async (trial: Trial) => {
      const x = trial.suggestFloat('x', 0, 1);
      for (let step = 0; step < 5; step++) {
        await trial.report(x, step);
        if (trial.shouldPrune()) throw new TrialPruned();
      }
      return x;
    };
    await study.optimize(objective, { trials: 40 });
    const pruned = study.trials.filter(({ state }) => state === 'pruned');
    expect(pruned.length).toBeGreaterThan(10);
    for (const { intermediateValues } of pruned) expect(intermediateValues.size).toBe(1);
  });

  it('keeps attributes', async () => {
    const storage = new MemoryJournal();
    const study = await createStudy({ storage });
    await study.setUserAttribute('data', { hash: 'abc' });
    const trial = await study.ask();
    await trial.setUserAttribute('epochs', [1, 2]);
    await study.tell(trial, 1);
    const again = await openStudy('study', storage);
    expect(again.userAttributes).toEqual({ data: { hash: 'abc' } });
    expect(again.trials[0]!.userAttributes).toEqual({ epochs: [1, 2] });
  });

  it('is the same study for all who open its journal', async () => {
    const storage = new MemoryJournal();
    const one = await createStudy({ name: 'a', storage });
    const other = await createStudy({ name: 'a', storage });
    await createStudy({ name: 'b', direction: 'maximize', storage });
    await one.optimize(bowl, { trials: 2 });
    await other.optimize(bowl, { trials: 2 });
    await one.refresh();
    expect(one.trials).toEqual(other.trials);
    expect((await listStudies(storage)).map(({ name, trials }) => [name, trials.length])).toEqual([
      ['a', 4],
      ['b', 0],
    ]);
    await expect(createStudy({ name: 'b', storage })).rejects.toThrow(
      /study b is there already, to maximize, found minimize/,
    );
    await expect(openStudy('c', storage)).rejects.toThrow(/no study c in the journal; it has a, b/);
  });

  it('refuses a parameter whose choices or kind change, and takes a range that does', async () => {
    const study = await createStudy();
    await study.optimize(
      (trial) => (trial.suggestCategorical('kind', ['a', 'b']) === 'a' ? 0 : trial.suggestFloat('x', 0, 1)),
      { trials: 6 },
    );
    const trial = await study.ask();
    expect(() => trial.suggestCategorical('kind', ['a', 'c'])).toThrow(
      /kind is one of "a", "b" in this study, found one of "a", "c"/,
    );
    expect(() => trial.suggestFloat('x', 1, 2, { log: true })).toThrow(
      /x is float 0..1 in this study, found float 1..2, log/,
    );
    expect(trial.suggestFloat('x', 5, 6)).toBeGreaterThanOrEqual(5);
  });

  it('takes over a trial of another study as it was', async () => {
    const source = await createStudy();
    await source.optimize(
      async (trial) => {
        await trial.report(Number.NaN, 2);
        trial.suggestCategorical('kind', ['a', null]);
        return bowl(trial);
      },
      { trials: 3 },
    );
    const target = await createStudy({ name: 'copy' });
    for (const trial of source.trials) await target.addTrial(trial);
    expect(target.trials).toEqual(source.trials);
  });

  it('loses nothing when the journal fails for a while', async () => {
    const storage = new FailingJournal();
    const study = await createStudy({ storage });
    const trial = await study.ask();
    trial.suggestFloat('x', 0, 1);
    storage.fails = true;
    await expect(study.tell(trial, 1)).rejects.toThrow('no room');
    storage.fails = false;
    await study.tell(trial, 1);
    expect(study.trials[0]).toMatchObject({ state: 'complete', value: 1 });
    expect(Object.keys(study.trials[0]!.params)).toEqual(['x']);
  });

  it('refuses a step that is none', async () => {
    const trial = await (await createStudy()).ask();
    expect(() => trial.report(1, -1)).toThrow(/step must be a whole number from 0 on, found -1/);
    expect(() => trial.report(1, 0.5)).toThrow(/found 0.5/);
  });
});

class FailingJournal extends MemoryJournal implements Journal {
  fails = false;
  override async append(records: readonly JournalRecord[]): Promise<void> {
    if (this.fails) throw new Error('no room');
    await super.append(records);
  }
}
