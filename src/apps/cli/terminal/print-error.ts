// Turns what a command threw into the text that the user reads on stderr.
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { asStorageError } from '../../../adapters/node/storage-error.js';
import { MoodlensError } from '../../../core/errors.js';

/** The text for stderr; empty for commander's errors, which commander has printed already. `debug` adds the stack. */
export function describeError(error: unknown, debug: boolean): string {
  if (error instanceof CommanderError) return '';
  const details = debug ? `${inspect(error)}\n` : '';
  const known = error instanceof MoodlensError ? error : asStorageError(error);
  if (known) return `error: ${printable(known.message)} [${known.code}]\n${details}`;
  const hint = debug
    ? `this is a fault in moodlens: please report it with the text below\n`
    : `this is a fault in moodlens: please report it, with what MOODLENS_DEBUG=1 prints\n`;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
  return `error: unexpected ${printable(text)} [UNEXPECTED]\n${hint}${details}`;
}

/** File names and file contents reach messages: control characters and marks of direction must not reach the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
  const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  return text.replace(hidden, '\ufffd').trimEnd();
}
