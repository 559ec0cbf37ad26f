// Errors that cross from a worker thread: what a thread posts loses its class.
import * as errors from '../../../core/errors.js';

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** For `postMessage`. */
export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}

/** The error again, of its own class if that is one of ours; its stack is the worker's. */
export function unpackError({ name, message, stack }: PackedError): Error {
  const ErrorClass = (errors as Record<string, unknown>)[name] as (new (message: string) => Error) | undefined;
  const error = ErrorClass === undefined || name === 'MoodlensError' ? new Error(message) : new ErrorClass(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
