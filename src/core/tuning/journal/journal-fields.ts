// Fields of a journal's entry, of which nothing is known before they are read. Each reader throws StudyError for what it does not take.
import { StudyError } from '../../errors.js';
import { type TrialState, trialStates } from './frozen-trial.js';
import { isObject } from './is-object.js';

export type Fields = Record<string, unknown>;

export function record(entry: unknown): Fields {
  if (isObject(entry)) return entry;
  throw new StudyError(`it must be a JSON object, found ${JSON.stringify(entry)?.slice(0, 60)}`);
}

export function stateOf(code: unknown): TrialState {
  const state = typeof code === 'number' ? trialStates[code] : undefined;
  if (!state) throw new StudyError(`state must be in 0..4, found ${JSON.stringify(code)}`);
  return state;
}

/** The one value of a trial. Of several objectives' the first: those studies are refused when they are opened. */
export function onlyValue(values: unknown, value: unknown): number | null {
  const first: unknown = Array.isArray(values) ? values[0] : value;
  if (first === undefined || first === null) return null;
  if (typeof first !== 'number') throw new StudyError(`a value must be a number, found ${JSON.stringify(first)}`);
  return first;
}

export function reported(value: unknown): number {
  if (value === null) return Number.NaN;
  if (typeof value !== 'number') throw new StudyError(`a report must be a number, found ${JSON.stringify(value)}`);
  return value;
}

export function whole(entry: Fields, field: string): number {
  const value = entry[field];
  if (Number.isSafeInteger(value)) return value as number;
  throw new StudyError(`${field} must be a whole number, found ${JSON.stringify(value)}`);
}

export function numberOf(entry: Fields, field: string): number {
  const value = entry[field];
  if (Number.isFinite(value)) return value as number;
  throw new StudyError(`${field} must be a number, found ${JSON.stringify(value)}`);
}

export function text(entry: Fields, field: string): string {
  const value = entry[field];
  if (typeof value === 'string') return value;
  throw new StudyError(`${field} must be text, found ${JSON.stringify(value)}`);
}

export function optionalText(entry: Fields, field: string): string | null {
  return entry[field] === undefined || entry[field] === null ? null : text(entry, field);
}

export function object(entry: Fields, field: string, missing?: Fields): Fields {
  const value = entry[field] ?? missing;
  if (isObject(value)) return value;
  throw new StudyError(`${field} must be an object, found ${JSON.stringify(value)}`);
}
