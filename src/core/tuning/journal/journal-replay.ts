// What a journal's records add up to: studies and their trials. Records follow Optuna's format and rules, so that its workers and
// ours see the same: numbers of studies and trials are their order, and a record that comes too late is passed over.
import { StudyError } from '../../errors.js';
import { areCompatible, type Distribution, fromInternal } from './distribution.js';
import { distributionFromJson } from './distribution-json.js';
import { type Direction, type FrozenTrial, isFinished } from './frozen-trial.js';
import {
  type Fields,
  numberOf,
  object,
  onlyValue,
  optionalText,
  record,
  reported,
  stateOf,
  text,
  whole,
} from './journal-fields.js';
import { JournalOperation } from './journal-operation.js';

export interface StoredStudy {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly Direction[];
  readonly userAttributes: Readonly<Record<string, unknown>>;
  readonly systemAttributes: Readonly<Record<string, unknown>>;
  readonly trials: readonly FrozenTrial[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class JournalReplay {
  readonly #studies = new Map<number, Mutable<StoredStudy> & { trials: FrozenTrial[] }>();
  /** The study and the number of each trial. */
  readonly #places: { study: number; number: number }[] = [];
  readonly #runners = new Map<number, string>();
  readonly #distributions = new Map<string, { readonly json: unknown; readonly distribution: Distribution }>();
  readonly #operations = new Map<unknown, (entry: Fields) => void>([
    [JournalOperation.CreateStudy, (entry) => this.#createStudy(entry)],
    [JournalOperation.DeleteStudy, (entry) => this.#studies.delete(whole(entry, 'study_id'))],
    [JournalOperation.SetStudyUserAttribute, (entry) => this.#setStudyAttributes(entry, 'userAttributes', 'user_attr')],
    [
      JournalOperation.SetStudySystemAttribute,
      (entry) => this.#setStudyAttributes(entry, 'systemAttributes', 'system_attr'),
    ],
    [JournalOperation.CreateTrial, (entry) => this.#createTrial(entry)],
    [JournalOperation.SetTrialParameter, (entry) => this.#setParameter(entry)],
    [JournalOperation.SetTrialState, (entry) => this.#setState(entry)],
    [JournalOperation.SetTrialIntermediateValue, (entry) => this.#setReport(entry)],
    [JournalOperation.SetTrialUserAttribute, (entry) => this.#setTrialAttributes(entry, 'userAttributes', 'user_attr')],
    [
      JournalOperation.SetTrialSystemAttribute,
      (entry) => this.#setTrialAttributes(entry, 'systemAttributes', 'system_attr'),
    ],
    [JournalOperation.DiscardTrials, () => undefined],
  ]);
  #studyCount = 0;
  #count = 0;

  /** Records applied so far. */
  get count(): number {
    return this.#count;
  }

  get studies(): readonly StoredStudy[] {
    return [...this.#studies.values()];
  }

  study(name: string): StoredStudy | undefined {
    return this.studies.find((study) => study.name === name);
  }

  trial(id: number): FrozenTrial | undefined {
    const place = this.#places[id];
    return place && this.#studies.get(place.study)?.trials[place.number];
  }

  /** The worker that runs a trial, or ran it. */
  runnerOf(id: number): string | undefined {
    return this.#runners.get(id);
  }

  /** Throws StudyError, which names the entry's number from 1 on, for what is none; the entries before it stay applied. */
  apply(entries: readonly unknown[]): void {
    for (const entry of entries) {
      try {
        this.#apply(record(entry));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StudyError(
          `entry ${this.#count + 1} of the journal is not one of a study: ${reason}; restore the journal, or remove that line`,
          { cause: error },
        );
      }
      this.#count++;
    }
  }

  #apply(entry: Fields): void {
    const operation = this.#operations.get(entry['op_code']);
    if (!operation) throw new StudyError(`op_code must be in 0..10, found ${JSON.stringify(entry['op_code'])}`);
    operation(entry);
  }

  #setReport(entry: Fields): void {
    this.#change(entry, ({ intermediateValues }) => {
      const report = [whole(entry, 'step'), reported(entry['intermediate_value'])] as const;
      return { intermediateValues: new Map([...intermediateValues, report]) };
    });
  }

  #setTrialAttributes(entry: Fields, key: 'userAttributes' | 'systemAttributes', field: string): void {
    this.#change(entry, (trial) => ({ [key]: { ...trial[key], ...object(entry, field) } }));
  }

  #createStudy(entry: Fields): void {
    const name = text(entry, 'study_name');
    const { directions } = entry;
    if (!Array.isArray(directions) || !directions.every((code) => code === 1 || code === 2)) {
      throw new StudyError(`directions must be a list of 1 and 2, found ${JSON.stringify(directions)}`);
    }
    // Two workers may create one study at the same time: the first one counts.
    if (this.study(name)) return;
    const id = this.#studyCount++;
    const named = directions.map((code): Direction => (code === 2 ? 'maximize' : 'minimize'));
    this.#studies.set(id, { id, name, directions: named, userAttributes: {}, systemAttributes: {}, trials: [] });
  }

  #setStudyAttributes(entry: Fields, key: 'userAttributes' | 'systemAttributes', field: string): void {
    const study = this.#studies.get(whole(entry, 'study_id'));
    if (study) study[key] = { ...study[key], ...object(entry, field) };
  }

  #createTrial(entry: Fields): void {
    const study = this.#studies.get(whole(entry, 'study_id'));
    if (!study) return;
    const [id, number] = [this.#places.length, study.trials.length];
    const trial = { id, number, ...trialFields(entry) };
    this.#places.push({ study: study.id, number });
    study.trials.push(trial);
    if (trial.state === 'running') this.#runners.set(id, text(entry, 'worker_id'));
  }

  #setParameter(entry: Fields): void {
    const name = text(entry, 'param_name');
    const distribution = this.#distributionOf(name, entry['distribution']);
    const value = fromInternal(distribution, numberOf(entry, 'param_value_internal'));
    this.#change(entry, (trial, study) => {
      const known = study.trials.find(({ distributions }) => Object.hasOwn(distributions, name))?.distributions[name];
      if (known && !areCompatible(known, distribution)) return {};
      return {
        params: { ...trial.params, [name]: value },
        distributions: { ...trial.distributions, [name]: distribution },
      };
    });
  }

  #setState(entry: Fields): void {
    const state = stateOf(entry['state']);
    const value = onlyValue(entry['values'], null);
    const stamp = (field: string) => optionalText(entry, field);
    this.#change(entry, (trial) => {
      // Another worker was quicker.
      if (state === 'running' && trial.state === 'running') return {};
      if (state === 'running') this.#runners.set(trial.id, text(entry, 'worker_id'));
      if (state === 'complete' && value === null)
        throw new StudyError('a complete trial must have a value, found none');
      return {
        state,
        value: value ?? trial.value,
        ...(state === 'running' ? { started: stamp('datetime_start') } : {}),
        ...(isFinished({ state }) ? { completed: stamp('datetime_complete') } : {}),
      };
    });
  }

  /** The same object for the same text: trials of a study share a few distributions. */
  #distributionOf(name: string, json: unknown): Distribution {
    const known = this.#distributions.get(name);
    if (known && known.json === json) return known.distribution;
    const distribution = distributionFromJson(name, json);
    this.#distributions.set(name, { json, distribution });
    return distribution;
  }

  /** Changes a trial that is there and not finished yet. */
  #change(entry: Fields, change: (trial: FrozenTrial, study: StoredStudy) => Partial<FrozenTrial>): void {
    const id = whole(entry, 'trial_id');
    const [place, trial] = [this.#places[id], this.trial(id)];
    const study = place && this.#studies.get(place.study);
    if (!place || !trial || !study || isFinished(trial)) return;
    study.trials[place.number] = { ...trial, ...change(trial, study) };
  }
}

/** What a CREATE_TRIAL entry tells: nothing more than the start, or a whole trial that was made elsewhere. */
function trialFields(entry: Fields): Omit<FrozenTrial, 'id' | 'number'> {
  const distributions = new Map<string, Distribution>();
  for (const [name, json] of Object.entries(object(entry, 'distributions', {}))) {
    distributions.set(name, distributionFromJson(name, json));
  }
  const params = Object.entries(object(entry, 'params', {})).map(([name, internal]) => {
    const distribution = distributions.get(name);
    if (!distribution || typeof internal !== 'number')
      throw new StudyError(`${name} must be a number with a distribution`);
    return [name, fromInternal(distribution, internal)] as const;
  });
  const reports = Object.entries(object(entry, 'intermediate_values', {}));
  const state = entry['state'] === undefined ? 'running' : stateOf(entry['state']);
  const value = onlyValue(entry['values'], entry['value']);
  if (state === 'complete' && value === null) throw new StudyError('a complete trial must have a value, found none');
  return {
    state,
    value,
    params: Object.fromEntries(params),
    distributions: Object.fromEntries(distributions),
    intermediateValues: new Map(reports.map(([step, value]) => [Number(step), reported(value)])),
    userAttributes: object(entry, 'user_attrs', {}),
    systemAttributes: object(entry, 'system_attrs', {}),
    started: optionalText(entry, 'datetime_start'),
    completed: optionalText(entry, 'datetime_complete'),
  };
}
