// Reads the text and JSON files that a user names.
import { mostBytes, readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { ConfigError } from '../../../core/errors.js';

/** Of at most `most` bytes. Throws ConfigError when the file cannot be read. */
export async function readTextFile(path: string, most: number = mostBytes.table): Promise<string> {
  try {
    return new TextDecoder().decode(await readWholeFile(path, most));
  } catch (cause) {
    throw new ConfigError(`${path} must be a file that can be read: ${(cause as Error).message}; check the path`, {
      cause,
    });
  }
}

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
