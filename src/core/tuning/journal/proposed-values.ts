// The values that a trial is to take and may not have asked for yet: those it was enqueued with, and those that were proposed
// together. Both are kept under Optuna's names, so that other workers, ours and Optuna's, do not propose them again.
import type { ParameterValue } from './distribution.js';
import type { FrozenTrial } from './frozen-trial.js';
import { isObject } from './is-object.js';

/** The system attribute in which an enqueued trial's values wait, as Optuna names it. */
export const FIXED_VALUES = 'fixed_params';
const NAME = 'tpe:relative_params';
/** Optuna's databases hold attributes of this length. */
const LENGTH = 2045;

/** System attributes that hold the values; none for none. */
export function proposedRecords(proposed: Readonly<Record<string, ParameterValue>>): [name: string, value: string][] {
  if (Object.keys(proposed).length === 0) return [];
  const text = JSON.stringify(proposed);
  const parts = Math.ceil(text.length / LENGTH);
  return Array.from({ length: parts }, (_, i) => [`${NAME}:${i}`, text.slice(i * LENGTH, (i + 1) * LENGTH)]);
}

/** The trial; while it runs, with what was proposed among its values. */
export function withProposed(trial: FrozenTrial): FrozenTrial {
  if (trial.state !== 'running') return trial;
  const proposed = proposedOf(trial);
  return proposed ? { ...trial, params: { ...proposed, ...trial.params } } : trial;
}

/** All values that are known of a trial, asked for or not. */
export function knownValues(trial: FrozenTrial): Readonly<Record<string, ParameterValue>> {
  return { ...proposedOf(trial), ...fixedOf(trial), ...trial.params };
}

/** The values that it was enqueued with. */
export function fixedOf({ systemAttributes }: FrozenTrial): Readonly<Record<string, ParameterValue>> {
  const fixed = systemAttributes[FIXED_VALUES];
  return isObject(fixed) ? (fixed as Record<string, ParameterValue>) : {};
}

function proposedOf(trial: FrozenTrial): Record<string, ParameterValue> | undefined {
  let text = '';
  for (let i = 0; typeof trial.systemAttributes[`${NAME}:${i}`] === 'string'; i++)
    text += trial.systemAttributes[`${NAME}:${i}`];
  return parse(text);
}

/** Undefined while another worker has not written all parts. */
function parse(text: string): Record<string, ParameterValue> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Record<string, ParameterValue>) : undefined;
  } catch {
    return undefined;
  }
}
