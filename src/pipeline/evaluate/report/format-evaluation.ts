// An evaluation as a JSON file: what `evaluate --out`, its report and `export` write, and the page's Models view reads.
import type { ModelComparison } from '../compare-models.js';
import type { Evaluation } from '../evaluate.js';
import type { StressEvaluation } from '../stress.js';

/** An evaluation with all that was asked for beside it. */
export interface EvaluationFigures extends Evaluation {
  readonly stress?: StressEvaluation | undefined;
  readonly comparison?: ModelComparison | undefined;
  /** Of a test split: which look at it this was, from 1, and where it is written down. */
  readonly testLook?: { readonly number: number; readonly file: string } | undefined;
}

/** The file's text, ending with a line end. */
export function formatEvaluation(figures: EvaluationFigures): string {
  return `${JSON.stringify(figures, null, 2)}\n`;
}
