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

/** What the page gets instead of the shipped models. */
export interface ChosenModels {
  /** An expression model's file. */
  readonly model?: string;
  /** A detector's file; null: none, so that the page uses MediaPipe's networks. */
  readonly detector?: string | null;
}

/** The URL paths of the models that the live view runs. */
export const liveModelPath = '/models/expression.onnx';
export const liveDetectorPath = '/models/face-detector.onnx';

/**
 * The models and what lies beside them by URL path, of those found in the models' folder, with the chosen ones in the place of the
 * live view's. Other files are left out.
 */
export function listModels(
  found: ReadonlyMap<string, StaticFile>,
  { model: chosen, detector }: ChosenModels = {},
): { files: Map<string, StaticFile>; models: ListedModel[] } {
  const replaced = new Set([
    ...(chosen === undefined ? [] : [liveModelPath]),
    ...(detector === undefined ? [] : [liveDetectorPath]),
  ]);
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
    if (name.endsWith('.onnx') && !replaced.has(`/models/${name}`)) add(name, file.path, file, name);
  }
  // Named by the user, it may be a link to a file anywhere.
  const describe = (file: string): StaticFile => {
    const path = existsSync(file) ? realpathSync(file) : file;
    return describeFile(path, dirname(path));
  };
  if (chosen !== undefined) add(basename(liveModelPath), chosen, describe(chosen), basename(chosen));
  if (typeof detector === 'string') files.set(liveDetectorPath, describe(detector));
  // The live view's model first.
  models.sort((a, b) => Number(b.file === basename(liveModelPath)) - Number(a.file === basename(liveModelPath)));
  return { files, models };
}
