// Reads a JSON file that the user named.
import { mostBytes } from '../../../adapters/node/read-whole-file.js';
import { ConfigError } from '../../../core/errors.js';
import { readTextFile } from './text-file.js';

/** Throws ConfigError when the file is missing or is not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readTextFile(path, mostBytes.text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} must be JSON: ${cause instanceof Error ? cause.message : cause}; correct it`, {
      cause,
    });
  }
}
