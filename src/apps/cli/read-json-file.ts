// Reads a JSON file that the user named.
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../core/errors.js';

/** Throws ConfigError when the file is missing or is not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${path} must be a file that can be read, and it is not; check the path`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} must be JSON: ${cause instanceof Error ? cause.message : cause}; correct it`, {
      cause,
    });
  }
}
