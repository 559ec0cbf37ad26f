// Writes results to stdout, for commands that have more to do after a line.
import { refusedWrite } from '../../adapters/node/storage-error.js';

let awaited = 0;

/**
 * Waits while the reader is behind. Throws StorageError when what stdout leads to takes no more (a full disk). When the reader goes
 * away (`| head`), main.ts ends the program.
 */
export async function print(text: string): Promise<void> {
  awaited++;
  try {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(outputError(error)) : resolve()));
    });
    // The stream tells its own error after the caller's.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    awaited--;
  }
}

/** Whether somebody waits for a line to be written, and is told of what goes wrong. */
export function isPrintAwaited(): boolean {
  return awaited > 0;
}

export function outputError(error: Error): Error {
  return refusedWrite('the output (stdout)', error) ?? error;
}
