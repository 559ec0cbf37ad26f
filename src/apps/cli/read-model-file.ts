// Reads a model file that the user named.
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../core/errors.js';

/** `need` opens the message: what needs a model, or must name one. Throws ConfigError when the file cannot be read. */
export async function readModelFile(path: string, need: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ConfigError(`${need} that can be read, and ${path} cannot; check the path`, { cause });
  }
}
