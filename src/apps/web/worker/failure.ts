// Errors between threads: as plain data, and back.
import { MoodlensError } from '../../../core/errors.js';

/** A failure as plain data: a MoodlensError's text already says what to do next. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** An error as a failure; one that is no MoodlensError keeps its own text. */
export function toFailure(error: unknown): Failure {
  if (error instanceof MoodlensError) return { code: error.code, message: error.message };
  return { code: 'UNKNOWN', message: `${error instanceof Error ? error.message : String(error)}. Press Try again.` };
}

/** The failure as an error again. */
export function fromFailure({ code, message }: Failure): MoodlensError {
  return new MoodlensError(code, message);
}
