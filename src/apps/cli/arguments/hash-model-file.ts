// The SHA-256 of a model's file: which file figures are of.
import { mostBytes, readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { Sha256 } from '../../../core/bytes/sha256.js';

/** In hexadecimal. */
export async function hashModelFile(path: string): Promise<string> {
  return new Sha256().update(await readWholeFile(path, mostBytes.model)).hex();
}
