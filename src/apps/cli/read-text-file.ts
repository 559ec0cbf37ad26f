// Reads a text file that the user named.
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../core/errors.js';

/** Throws ConfigError when the file cannot be read. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${path} must be a file that can be read, and it is not; check the path`, { cause });
  }
}
