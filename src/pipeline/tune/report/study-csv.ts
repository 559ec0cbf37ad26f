// Trials as CSV (RFC 4180): a line for each, a column for each parameter.
import type { FrozenTrial } from '../../../core/tuning/journal/frozen-trial.js';
import { parameterNames } from './describe-study.js';

export function studyCsv(trials: readonly FrozenTrial[]): string {
  const names = parameterNames(trials);
  const header = [
    'number',
    'state',
    'value',
    'started',
    'completed',
    'reports',
    ...names.map((name) => `params_${name}`),
  ];
  const rows = trials.map((trial) => [
    ...[trial.number, trial.state, trial.value, trial.started, trial.completed, trial.intermediateValues.size],
    ...names.map((name) => (Object.hasOwn(trial.params, name) ? trial.params[name] : null)),
  ]);
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Marks a cell as text that a spreadsheet would take for a formula. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
