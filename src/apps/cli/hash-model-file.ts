// The SHA-256 of a model's file: which file figures are of.
import { readFile } from 'node:fs/promises';
import { Sha256 } from '../../core/dataset/sha256.js';

/** In hexadecimal. */
export async function hashModelFile(path: string): Promise<string> {
  return new Sha256().update(await readFile(path)).hex();
}
