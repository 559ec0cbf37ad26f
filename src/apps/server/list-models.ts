// The expression models that the page may offer, with their cards: FILE.md beside FILE.onnx; an int8 form shares its float form's.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { describeFile, type StaticFile } from './static-files.js';

/** One expression model below /models/. */
export interface ListedModel {
  /** Its file's name. */
  readonly file: string;
  /** What to call it. */
  readonly name: string;
  /** The name of its card, a Markdown file; null when it has none. */
  readonly card: string | null;
}

/** The URL path of the model that the live view runs. */
export const liveModelPath = '/models/expression.onnx';

/**
 * The models and their cards by URL path, of those found in the models' folder, with `chosen` in the place of the live view's
 * model. Files that are neither a model nor a model's card are left out.
 */
export function listModels(
  found: ReadonlyMap<string, StaticFile>,
  chosen?: string,
): { files: Map<string, StaticFile>; models: ListedModel[] } {
  const files = new Map<string, StaticFile>();
  const models: ListedModel[] = [];
  const add = (file: string, model: StaticFile, name: string): void => {
    files.set(`/models/${file}`, model);
    if (!file.startsWith('expression')) return;
    const card = cardOf(model.path);
    const cardFile = `${file.replace(/\.onnx$/, '')}.md`;
    if (card !== undefined) files.set(`/models/${cardFile}`, describeFile(card));
    models.push({ file, name, card: card === undefined ? null : cardFile });
  };
  for (const [path, file] of found) {
    const name = path.slice(1);
    if (!name.endsWith('.onnx') || (chosen !== undefined && `/models/${name}` === liveModelPath)) continue;
    add(name, file, name);
  }
  if (chosen !== undefined) add(basename(liveModelPath), describeFile(chosen), basename(chosen));
  // The live view's model first.
  models.sort((a, b) => Number(b.file === basename(liveModelPath)) - Number(a.file === basename(liveModelPath)));
  return { files, models };
}

function cardOf(model: string): string | undefined {
  const stem = model.replace(/\.onnx$/i, '');
  return [`${stem}.md`, `${stem.replace(/\.int8$/, '')}.md`].find((path) => existsSync(path));
}
