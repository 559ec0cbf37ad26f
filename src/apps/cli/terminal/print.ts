// Writes results to stdout, for commands that have more to do after a line.
import { once } from 'node:events';
import { refusedWrite } from '../../../adapters/node/storage-error.js';

let awaited = 0;
let failure: Error | undefined;

/**
 * Waits while the reader is behind. Throws StorageError when what stdout leads to takes no more (a full disk). When the reader goes
 * away (`| head`), main.ts ends the program.
 */
export async function print(text: string): Promise<void> {
  awaited++;
  try {
    if (failure === undefined) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain').catch(() => undefined);
      // The stream emits its error in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (failure !== undefined) throw failure;
  } finally {
    awaited--;
  }
}

/** For main.ts, when stdout fails: throws the error, unless a `print` is waiting, which then throws it. */
export function failOutput(error: Error): void {
  failure ??= refusedWrite('the output (stdout)', error) ?? error;
  if (awaited === 0) throw failure;
}
