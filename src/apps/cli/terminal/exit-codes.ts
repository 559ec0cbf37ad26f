// The exit codes of every command, and which error means which.
import { CommanderError } from 'commander';
import { ConfigError } from '../../../core/errors.js';

export const exitCodes = {
  /** The work was done. */
  done: 0,
  /** The work could not be done: bad data, a damaged file, a missing device, a fault of ours. */
  failed: 1,
  /** The command was called wrongly: unknown command or option, unacceptable value. */
  wrongUse: 2,
  /** Ctrl-C ended it in good order: what was done is saved (128 + SIGINT, as shells have it). */
  interrupted: 130,
} as const;

/** The exit code for whatever a command threw. Commander throws for `--help` too: that is done. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  if (error instanceof ConfigError) return exitCodes.wrongUse;
  return exitCodes.failed;
}
