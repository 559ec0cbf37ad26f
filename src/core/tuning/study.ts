// A search for the parameters that make an objective best, as a journal keeps it: ask for a trial, tell its value.
import { ConfigError, StudyError } from '../errors.js';
import type { Journal } from '../ports/journal.js';
import type { Distribution, ParameterValue } from './distribution.js';
import { type Direction, type FrozenTrial, isBetter, isFinished, lastStep, trialStates } from './frozen-trial.js';
import { JournalOperation } from './journal-operation.js';
import type { JournalReplay, StoredStudy } from './journal-replay.js';
import { type Objective, type OptimizeOptions, optimize } from './optimize.js';
import { proposedRecords, withProposed } from './proposed-values.js';
import type { Pruner } from './pruner.js';
import type { History, Sampler } from './sampler.js';
import { Trial } from './trial.js';
import { trialRecord } from './trial-record.js';

/** The system attribute in which an enqueued trial's values wait, as Optuna names it. */
const FIXED_VALUES = 'fixed_params';

export class Study {
  readonly name: string;
  readonly direction: Direction;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly #journal: Journal;
  readonly #replay: JournalReplay;
  #pending: Parameters<Journal['append']>[0][number][] = [];
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
  ask(): Promise<Trial> {
    return this.#inTurn(async () => {
      await this.#synchronise();
      const id = await this.#beginTrial();
      const trial = this.#replay.trial(id)!;
      const fixed = (trial.systemAttributes[FIXED_VALUES] ?? {}) as Record<string, ParameterValue>;
      const history = this.#historyFor(trial);
      const proposed = this.sampler.sampleJoint(history);
      for (const [name, attribute] of proposedRecords(proposed)) {
        this.#write(JournalOperation.SetTrialSystemAttribute, { trial_id: id, system_attr: { [name]: attribute } });
      }
      await this.#synchronise();
      return new Trial(this.#hostOf(id, history), fixed, proposed);
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
  optimize(objective: Objective, options: OptimizeOptions): Promise<void> {
    this.#stopped = false;
    return optimize(this, objective, options, () => this.#stopped);
  }

  /** Lets `optimize` begin no further trial. */
  stop(): void {
    this.#stopped = true;
  }

  /** Puts a trial with these values in front, and what is kept with it; parameters that are missing are sampled. */
  enqueueTrial(
    params: FrozenTrial['params'],
    { userAttributes = {} }: Partial<Pick<FrozenTrial, 'userAttributes'>> = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      this.#write(JournalOperation.CreateTrial, {
        ...this.#place(),
        datetime_start: null,
        state: trialStates.indexOf('waiting'),
        user_attrs: userAttributes,
        system_attrs: { [FIXED_VALUES]: { ...params } },
      });
      await this.#synchronise();
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

  async #beginTrial(): Promise<number> {
    try {
      return (await this.#takeWaiting()) ?? (await this.#createTrial());
    } catch (error) {
      // Whoever asked gets no trial: what waits to be written must not begin one later, that nobody runs.
      const isBegin = new Set<number>([JournalOperation.CreateTrial, JournalOperation.SetTrialState]);
      this.#pending = this.#pending.filter(({ op_code: operation }) => !isBegin.has(operation));
      throw error;
    }
  }

  /** An enqueued trial that no other worker took. */
  async #takeWaiting(): Promise<number | undefined> {
    for (;;) {
      const waiting = this.#stored().trials.find(({ state }) => state === 'waiting');
      if (!waiting) return undefined;
      const state = trialStates.indexOf('running');
      const fields = { trial_id: waiting.id, state, values: null, datetime_start: this.#journal.now() };
      this.#write(JournalOperation.SetTrialState, fields);
      await this.#synchronise();
      if (this.#replay.runnerOf(waiting.id) === this.#journal.workerId) return waiting.id;
    }
  }

  async #createTrial(): Promise<number> {
    this.#write(JournalOperation.CreateTrial, { ...this.#place(), datetime_start: this.#journal.now() });
    await this.#synchronise();
    return this.#replay.newestOf(this.#journal.workerId)!.id;
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

  #write(op_code: number, fields: Readonly<Record<string, unknown>>): void {
    this.#pending.push({ op_code, worker_id: this.#journal.workerId, ...fields });
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
