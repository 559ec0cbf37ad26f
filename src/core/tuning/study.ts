// A search for the parameters that make an objective best, as a journal keeps it: ask for a trial, tell its value.
import { ConfigError, StudyError } from '../errors.js';
import type { Journal, JournalRecord } from '../ports/journal.js';
import type { Distribution } from './journal/distribution.js';
import {
  type Direction,
  type FrozenTrial,
  isBetter,
  isFinished,
  lastStep,
  trialStates,
} from './journal/frozen-trial.js';
import { JournalOperation } from './journal/journal-operation.js';
import type { JournalReplay, StoredStudy } from './journal/journal-replay.js';
import { FIXED_VALUES, fixedOf, proposedRecords, withProposed } from './journal/proposed-values.js';
import { trialRecord } from './journal/trial-record.js';
import { type Objective, type OptimizeOptions, optimize } from './optimize.js';
import type { Pruner } from './pruners/pruner.js';
import type { History, Sampler } from './samplers/sampler.js';
import { Trial } from './trial.js';

export class Study {
  readonly name: string;
  readonly direction: Direction;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly #journal: Journal;
  readonly #replay: JournalReplay;
  #pending: JournalRecord[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;

  /** `createStudy` and `openStudy` make one. */
  constructor(stored: StoredStudy, parts: StudyParts) {
    this.name = stored.name;
    this.direction = onlyDirection(stored);
    this.sampler = parts.sampler;
    this.pruner = parts.pruner;
    this.#journal = parts.journal;
    this.#replay = parts.replay;
  }

  /** All trials, by number, as of the last `ask`, `tell`, `report` or `refresh`. */
  get trials(): readonly FrozenTrial[] {
    return [...this.#stored().trials];
  }

  get userAttributes(): StoredStudy['userAttributes'] {
    return this.#stored().userAttributes;
  }

  get systemAttributes(): StoredStudy['systemAttributes'] {
    return this.#stored().systemAttributes;
  }

  /** The best of the complete trials, the earliest of equals. Throws StudyError when there is none. */
  get bestTrial(): FrozenTrial {
    let best: FrozenTrial | undefined;
    for (const trial of this.#stored().trials) {
      if (trial.state !== 'complete') continue;
      if (!best || isBetter(this.direction, trial.value!, best.value!)) best = trial;
    }
    if (!best) throw new StudyError(`study ${this.name} has no complete trial yet`);
    return best;
  }

  /** Of the best trial. Throws as bestTrial. */
  get bestValue(): number {
    return this.bestTrial.value!;
  }

  /** Of the best trial. Throws as bestTrial. */
  get bestParams(): FrozenTrial['params'] {
    return this.bestTrial.params;
  }

  /** Reads what other workers did. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#synchronise());
  }

  /** Begins a trial: an enqueued one, or a new one. */
  async ask(): Promise<Trial> {
    return (await this.askUnless(() => false))!;
  }

  /**
   * Begins a trial, unless `isEnough` says that the study, as it then is, needs none; undefined then. No worker of any process begins
   * or ends a trial between the two: a study that is shared gets no trial too many.
   */
  askUnless(isEnough: () => boolean): Promise<Trial | undefined> {
    return this.#inTurn(async () => {
      const trial = await this.#beginTrial(isEnough);
      if (!trial) return undefined;
      const history = this.#historyFor(trial);
      const proposed = this.sampler.sampleJoint(history);
      for (const [name, attribute] of proposedRecords(proposed)) {
        const fields = { trial_id: trial.id, system_attr: { [name]: attribute } };
        this.#write(JournalOperation.SetTrialSystemAttribute, fields);
      }
      await this.#synchronise();
      return new Trial(this.#hostOf(trial.id, history), fixedOf(trial), proposed);
    });
  }

  /**
   * Ends a trial: 'complete' with its value; 'pruned', whose value is its last report; or 'failed'. A value that is not finite
   * is a failure. Throws StudyError when it has ended already.
   */
  tell(
    trial: Trial | number,
    value?: number | null,
    state: 'complete' | 'pruned' | 'failed' = 'complete',
  ): Promise<FrozenTrial> {
    return this.#inTurn(async () => {
      await this.#synchronise();
      const number = typeof trial === 'number' ? trial : trial.number;
      const current = this.#stored().trials[number];
      if (!current) throw new StudyError(`study ${this.name} has no trial ${number}`);
      if (isFinished(current))
        throw new StudyError(`trial ${number} of study ${this.name} has already ended, ${current.state}`);
      if (state === 'complete' && (value === undefined || value === null)) {
        throw new ConfigError('tell must be given a value, or the state pruned or failed');
      }
      const step = lastStep(current);
      const given = state === 'pruned' ? current.intermediateValues.get(step ?? -1) : state === 'failed' ? null : value;
      const kept = Number.isFinite(given) ? given! : null;
      const ended = state === 'complete' && kept === null ? 'failed' : state;
      this.#write(JournalOperation.SetTrialState, {
        trial_id: current.id,
        state: trialStates.indexOf(ended),
        values: kept === null ? null : [kept],
        datetime_complete: this.#journal.now(),
      });
      await this.#synchronise();
      return this.#replay.trial(current.id)!;
    });
  }

  /** Runs the objective in new trials. See OptimizeOptions. */
  optimize(objective: Objective, options: OptimizeOptions<Study>): Promise<void> {
    this.#stopped = false;
    return optimize(this, objective, options, () => this.#stopped);
  }

  /** Lets `optimize` begin no further trial. */
  stop(): void {
    this.#stopped = true;
  }

  /** Enqueues a trial with these values and attributes; parameters that are missing are sampled. */
  enqueueTrial(params: FrozenTrial['params'], options: EnqueueOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      this.#write(JournalOperation.CreateTrial, this.#waitingTrial(params, options));
      await this.#synchronise();
    });
  }

  /**
   * Ends a trial that runs as failed and puts one with these values in front, both or neither, whatever happens to this process. Gives
   * false, and changes nothing, when it does not run any more: another worker was quicker.
   */
  retryTrial(number: number, params: FrozenTrial['params'], options: EnqueueOptions = {}): Promise<boolean> {
    return this.#inTurn(async () => {
      const isRunning = () => this.#stored().trials[number]?.state === 'running';
      return this.#decide(isRunning, () => [
        this.#record(JournalOperation.SetTrialState, {
          trial_id: this.#stored().trials[number]!.id,
          state: trialStates.indexOf('failed'),
          values: null,
          datetime_complete: this.#journal.now(),
        }),
        this.#record(JournalOperation.CreateTrial, this.#waitingTrial(params, options)),
      ]);
    });
  }

  /**
   * Sets a user attribute of a study without trials and enqueues trials with these values, all or nothing. Returns false, and
   * changes nothing, when the study has that attribute or any trial: another worker was quicker.
   */
  begin(name: string, value: unknown, first: readonly FrozenTrial['params'][]): Promise<boolean> {
    return this.#inTurn(async () => {
      const isNew = () => this.trials.length === 0 && this.userAttributes[name] === undefined;
      return this.#decide(isNew, () => [
        this.#record(JournalOperation.SetStudyUserAttribute, { ...this.#place(), user_attr: { [name]: value } }),
        ...first.map((params) => this.#record(JournalOperation.CreateTrial, this.#waitingTrial(params, {}))),
      ]);
    });
  }

  /** Adds a trial that was made elsewhere, as it is. */
  addTrial(trial: Omit<FrozenTrial, 'id' | 'number'>): Promise<void> {
    return this.addTrials([trial]);
  }

  /** Adds trials that were made elsewhere, as they are and in one append. */
  addTrials(trials: readonly Omit<FrozenTrial, 'id' | 'number'>[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const trial of trials) {
        this.#write(JournalOperation.CreateTrial, { ...this.#place(), ...trialRecord(trial) });
      }
      await this.#synchronise();
    });
  }

  /** Keeps something of JSON's kinds with the study. */
  setUserAttribute(name: string, value: unknown): Promise<void> {
    return this.#inTurn(async () => {
      this.#write(JournalOperation.SetStudyUserAttribute, { ...this.#place(), user_attr: { [name]: value } });
      await this.#synchronise();
    });
  }

  /** As setUserAttribute, for what a tool keeps for itself. */
  setSystemAttribute(name: string, value: unknown): Promise<void> {
    return this.#inTurn(async () => {
      this.#write(JournalOperation.SetStudySystemAttribute, { ...this.#place(), system_attr: { [name]: value } });
      await this.#synchronise();
    });
  }

  /** Who writes what this study does: the journal's `workerId`. */
  get workerId(): string {
    return this.#journal.workerId;
  }

  /** The worker that runs a trial, or ran it; undefined for one that nobody began. */
  runnerOf({ id }: Pick<FrozenTrial, 'id'>): string | undefined {
    return this.#replay.runnerOf(id);
  }

  /** Whether the sampler has nothing left to propose. */
  isExhausted(): boolean {
    const { trials } = this.#stored();
    return (
      this.sampler.isExhausted?.({
        direction: this.direction,
        trials: trials.map(withProposed),
        number: trials.length,
      }) ?? false
    );
  }

  /** An enqueued trial, or a new one; undefined when there are enough. */
  async #beginTrial(isEnough: () => boolean): Promise<FrozenTrial | undefined> {
    let number = 0;
    const isBegun = await this.#decide(
      () => !isEnough(),
      () => {
        const { trials } = this.#stored();
        const waiting = trials.find(({ state }) => state === 'waiting');
        number = waiting?.number ?? trials.length;
        return [waiting ? this.#taken(waiting) : this.#record(JournalOperation.CreateTrial, this.#newTrial())];
      },
    );
    return isBegun ? this.#stored().trials[number]! : undefined;
  }

  #taken({ id }: FrozenTrial): JournalRecord {
    const state = trialStates.indexOf('running');
    const fields = { trial_id: id, state, values: null, datetime_start: this.#journal.now() };
    return this.#record(JournalOperation.SetTrialState, fields);
  }

  #newTrial() {
    return { ...this.#place(), datetime_start: this.#journal.now() };
  }

  #waitingTrial(params: FrozenTrial['params'], { userAttributes = {} }: EnqueueOptions) {
    return {
      ...this.#place(),
      datetime_start: null,
      state: trialStates.indexOf('waiting'),
      user_attrs: userAttributes,
      system_attrs: { [FIXED_VALUES]: { ...params } },
    };
  }

  /**
   * Appends `records` when `holds` says so of the study as it is at that moment; whether it did. Where others append meanwhile, both
   * are asked again.
   */
  async #decide(holds: () => boolean, records: () => readonly JournalRecord[]): Promise<boolean> {
    for (;;) {
      await this.#synchronise();
      if (!holds()) return false;
      if (await this.#journal.appendAt(this.#replay.count, records())) break;
    }
    await this.#synchronise();
    return true;
  }

  #hostOf(id: number, history: History) {
    return {
      write: (operation: number, fields: Readonly<Record<string, unknown>>) =>
        this.#write(operation, { trial_id: id, ...fields }),
      flush: () => this.refresh(),
      current: () => this.#replay.trial(id)!,
      knownDistribution: (name: string) => knownDistribution(this.#stored().trials, name),
      sample: (name: string, distribution: Distribution) => this.sampler.sample(history, name, distribution),
      shouldPrune: (trial: FrozenTrial) => {
        const trials = this.#stored().trials.map((other) => (other.id === id ? trial : other));
        return this.pruner.shouldPrune(trial, { direction: this.direction, studyName: this.name, trials });
      },
    };
  }

  #historyFor({ id, number }: FrozenTrial): History {
    const trials = this.#stored().trials.filter((trial) => trial.id !== id);
    return { direction: this.direction, trials: trials.map(withProposed), number };
  }

  #stored(): StoredStudy {
    const stored = this.#replay.study(this.name);
    if (!stored) throw new StudyError(`study ${this.name} was deleted by another worker`);
    return stored;
  }

  #place() {
    return { study_id: this.#stored().id };
  }

  #record(op_code: number, fields: Readonly<Record<string, unknown>>): JournalRecord {
    return { op_code, worker_id: this.#journal.workerId, ...fields };
  }

  #write(op_code: number, fields: Readonly<Record<string, unknown>>): void {
    this.#pending.push(this.#record(op_code, fields));
  }

  /** Appends what waits, then reads what is new. Records whose append fails wait for the next one. */
  async #synchronise(): Promise<void> {
    const records = this.#pending;
    this.#pending = [];
    try {
      if (records.length > 0) await this.#journal.append(records);
    } catch (error) {
      this.#pending = [...records, ...this.#pending];
      throw error;
    }
    this.#replay.apply(await this.#journal.read(this.#replay.count));
  }

  /** One after the other: records are read only where they were counted. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

export interface EnqueueOptions {
  readonly userAttributes?: FrozenTrial['userAttributes'];
}

export interface StudyParts {
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly journal: Journal;
  readonly replay: JournalReplay;
}

/** Throws StudyError for a study of several objectives. */
export function onlyDirection({ name, directions }: StoredStudy): Direction {
  const [direction, second] = directions;
  if (direction && !second) return direction;
  throw new StudyError(`study ${name} has ${directions.length} objectives; only studies of one are taken`);
}

function knownDistribution(trials: readonly FrozenTrial[], name: string): Distribution | undefined {
  return trials.find(({ distributions }) => Object.hasOwn(distributions, name))?.distributions[name];
}
