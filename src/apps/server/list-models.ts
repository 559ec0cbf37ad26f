// The expression models that the page may offer, with what lies beside FILE.onnx: its card, FILE.md (an int8 form shares its
// float form's), and its evaluation, FILE.evaluation.json.
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describeFile, liesIn, type StaticFile } from './static-files.js';

/** One expression model below /models/. */
export interface ListedModel {
  /** Its file's name. */
  readonly file: string;
  /** What to call it. */
  readonly name: string;
  /** The name of its card, a Markdown file; null when it has none. */
  readonly card: string | null;
  /** The name of its evaluation, as `moodlens evaluate --out` writes it; null when there is none. */
  readonly evaluation: string | null;
}

/** The URL path of the model that the live view runs. */
export const liveModelPath = '/models/expression.onnx';

/**
 * The models and what lies beside them by URL path, of those found in the models' folder, with `chosen` in the place of the
 * live view's model. Other files are left out.
 */
export function listModels(
  found: ReadonlyMap<string, StaticFile>,
  chosen?: string,
): { files: Map<string, StaticFile>; models: ListedModel[] } {
  const files = new Map<string, StaticFile>();
  const models: ListedModel[] = [];
  const add = (file: string, path: string, model: StaticFile, name: string): void => {
    files.set(`/models/${file}`, model);
    if (!file.startsWith('expression')) return;
    const stem = path.replace(/\.onnx$/i, '');
    const folder = dirname(path);
    const offer = (ending: string, ...stems: readonly string[]): string | null => {
      // A link must not give out what lies elsewhere.
      const found = stems.map((one) => one + ending).find((one) => liesIn(one, folder));
      if (found === undefined) return null;
      const beside = file.replace(/\.onnx$/, ending);
      files.set(`/models/${beside}`, describeFile(found, folder));
      return beside;
    };
    const card = offer('.md', stem, stem.replace(/\.int8$/, ''));
    models.push({ file, name, card, evaluation: offer('.evaluation.json', stem) });
  };
  for (const [path, file] of found) {
    const name = path.slice(1);
    if (!name.endsWith('.onnx') || (chosen !== undefined && `/models/${name}` === liveModelPath)) continue;
    add(name, file.path, file, name);
  }
  if (chosen !== undefined) {
    // Named by the user, it may be a link to a file anywhere.
    const path = existsSync(chosen) ? realpathSync(chosen) : chosen;
    add(basename(liveModelPath), chosen, describeFile(path, dirname(path)), basename(chosen));
  }
  // The live view's model first.
  models.sort((a, b) => Number(b.file === basename(liveModelPath)) - Number(a.file === basename(liveModelPath)));
  return { files, models };
}
