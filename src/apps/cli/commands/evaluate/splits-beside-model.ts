// The split file that a model was trained with, where it lies beside the model as its run left it.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runFiles } from '../../../../pipeline/train/run-folder.js';
import { memberName } from '../../../../pipeline/train/train-ensemble.js';

/** The texts of `splits.json` beside the file and, of an ensemble, in its first member's folder; the hash in the model's metadata identifies its own. */
export async function splitsBesideModel(path: string): Promise<string[]> {
  const folder = dirname(path);
  const places = [folder, join(folder, memberName(0))].map((place) => join(place, runFiles.splits));
  const texts = await Promise.all(places.map((place) => readFile(place, 'utf8').catch(() => undefined)));
  return texts.filter((text) => text !== undefined);
}
