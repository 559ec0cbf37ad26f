// Reads a model file that the user named.
import { mostBytes, readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { ConfigError, ModelFormatError } from '../../../core/errors.js';

/** `need` opens the message: what needs a model, or must name one. Throws ConfigError when the file cannot be read. */
export async function readModelFile(path: string, need: string): Promise<Uint8Array> {
  try {
    return await readWholeFile(path, mostBytes.model);
  } catch (cause) {
    throw new ConfigError(`${need} that can be read, and ${path} cannot: ${(cause as Error).message}; check the path`, {
      cause,
    });
  }
}

/** The result of `use`, which works on the model file at `path`; its ModelFormatErrors name the file. */
export async function namingModelFile<T>(path: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    throw new ModelFormatError(`${path}: ${error.message}`, { cause: error });
  }
}
