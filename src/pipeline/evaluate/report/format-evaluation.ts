// An evaluation as a JSON file: `evaluate --out`, its report and `export` write it, the page's Models view reads it.
import type { ModelComparison } from '../compare-models.js';
import type { Evaluation } from '../evaluate.js';
import type { StressEvaluation } from '../stress.js';

/** An evaluation with all that was asked for beside it. */
export interface EvaluationFigures extends Evaluation {
  readonly stress?: StressEvaluation | undefined;
  readonly comparison?: ModelComparison | undefined;
  /** Of a test split: the number of this look, from 1, and the file that records it. */
  readonly testLook?: { readonly number: number; readonly file: string } | undefined;
}

/** The file's text, ending with a line end. */
export function formatEvaluation(figures: EvaluationFigures): string {
  return `${JSON.stringify(figures, null, 2)}\n`;
}
