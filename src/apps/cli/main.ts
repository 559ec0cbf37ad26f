#!/usr/bin/env node
import { run } from './run.js';
// The command line's entry: runs the arguments, sets the exit code, survives closed pipes.
import { exitCodeOf, exitCodes } from './terminal/exit-codes.js';
import { failOutput } from './terminal/print.js';
import { describeError } from './terminal/print-error.js';
import { paintError } from './terminal/terminal-colour.js';

/** `moodlens analyze … | head` closes our stdout: that ends the work and is no error. A closed terminal does not end it. */
function surviveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    failOutput(error);
  });
  process.stderr.on('error', () => {});
}

function end(code: number): void {
  // A command that was interrupted in good order has set its own code.
  if (code !== exitCodes.done || process.exitCode === undefined) process.exitCode = code;
  // Nothing of a failed command (a worker, a child process) may keep the process alive.
  if (code !== exitCodes.done) setTimeout(() => process.exit(code), 3000).unref();
}

surviveClosedPipes();
process.on('uncaughtException', (error) => {
  process.stderr.write(paintError(describeError(error, Boolean(process.env.MOODLENS_DEBUG))));
  process.exit(exitCodeOf(error));
});
end(await run(process.argv.slice(2)));
