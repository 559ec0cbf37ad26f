// Whether an evaluation is of the open model: by its file's hash or, in evaluations without one, by its run.
import type { EvaluationFile } from './model-protocol.js';

/** The model: its file's SHA-256, and the run that its metadata names. */
export function isEvaluationOf(
  { run, hash }: Pick<EvaluationFile, 'run' | 'hash'>,
  model: { readonly run: string; readonly hash: string },
): boolean {
  return run === model.run && (hash === null || hash === model.hash);
}
