// A study as text for a terminal.
import type { FrozenTrial, TrialState } from '../../../core/tuning/journal/frozen-trial.js';
import { isBetter, trialStates } from '../../../core/tuning/journal/frozen-trial.js';
import type { StoredStudy } from '../../../core/tuning/journal/journal-replay.js';
import type { Study } from '../../../core/tuning/study.js';
import type { ReportTable } from '../../report/report-table.js';
import { tableLines } from '../../report/text-table.js';

type Described = Pick<Study, 'name' | 'direction' | 'trials'>;

/** The counts, the best trial and its values; several lines, ending with a line end. */
export function describeStudy(study: Described): string {
  const best = bestTrials(study)[0];
  const lines = [`study ${study.name}, to ${study.direction}: ${countsOf(study.trials)}`];
  if (best) {
    lines.push(`best value ${shortNumber(best.value!)}, trial ${best.number}`);
    for (const [name, value] of Object.entries(best.params)) lines.push(`  ${name} = ${shownValue(value)}`);
  } else lines.push('no trial is complete yet');
  return `${lines.join('\n')}\n`;
}

/** A row for each trial, the newest last. */
export function trialTable({ trials }: Pick<Study, 'trials'>): ReportTable {
  const names = parameterNames(trials);
  return {
    columns: ['trial', 'state', 'value', 'reports', ...names],
    rows: trials.map((trial) => [
      String(trial.number),
      trial.state,
      trial.value === null ? '–' : shortNumber(trial.value),
      String(trial.intermediateValues.size),
      ...names.map((name) => (Object.hasOwn(trial.params, name) ? shownValue(trial.params[name]!) : '–')),
    ]),
  };
}

export function describeTrials(study: Pick<Study, 'trials'>): string {
  return `${tableLines(trialTable(study)).join('\n')}\n`;
}

/** A row for each study of a journal. */
export function describeStudies(studies: readonly StoredStudy[]): string {
  if (studies.length === 0) return 'the journal has no study\n';
  const rows = studies.map(({ name, directions, trials }) => {
    const [direction] = directions;
    const best = directions.length === 1 ? bestTrials({ name, direction: direction!, trials })[0] : undefined;
    return [name, directions.join(', '), String(trials.length), best ? shortNumber(best.value!) : '–'];
  });
  return `${tableLines({ columns: ['study', 'direction', 'trials', 'best value'], rows }).join('\n')}\n`;
}

/** Complete trials, the best first; on a tie, the earlier. */
export function bestTrials({ trials, direction }: Described): FrozenTrial[] {
  const complete = trials.filter(({ state }) => state === 'complete');
  return [...complete].sort((one, other) => {
    if (isBetter(direction, one.value!, other.value!)) return -1;
    return isBetter(direction, other.value!, one.value!) ? 1 : 0;
  });
}

/** In the order in which trials first suggested them. */
export function parameterNames(trials: readonly FrozenTrial[]): string[] {
  return [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
}

export function countsOf(trials: readonly FrozenTrial[]): string {
  const count = (state: TrialState) => trials.filter((trial) => trial.state === state).length;
  const some = trialStates.map((state) => [state, count(state)] as const).filter(([, number]) => number > 0);
  const each = some.map(([state, number]) => `${number} ${state}`).join(', ');
  return `${trials.length.toLocaleString('en')} trials${each ? ` (${each})` : ''}`;
}

export function shownValue(value: unknown): string {
  return typeof value === 'number' ? shortNumber(value) : typeof value === 'string' ? value : JSON.stringify(value);
}

/** A number with `digits` significant digits; 0.00001 as 1e-5. */
export function shortNumber(value: number, digits = 5): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential().replace('e+', 'e') : String(rounded);
}
