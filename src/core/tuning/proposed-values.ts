// The values that were proposed to a trial together, which it may not have asked for yet. They are kept under Optuna's name, so
// that other workers, ours and Optuna's, do not propose them again.
import type { ParameterValue } from './distribution.js';
import type { FrozenTrial } from './frozen-trial.js';
import { isObject } from './is-object.js';

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
  let text = '';
  for (let i = 0; typeof trial.systemAttributes[`${NAME}:${i}`] === 'string'; i++)
    text += trial.systemAttributes[`${NAME}:${i}`];
  const proposed = parse(text);
  return proposed ? { ...trial, params: { ...proposed, ...trial.params } } : trial;
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
