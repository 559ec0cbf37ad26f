// An evaluation with all that was asked for beside it, as text for a terminal.
import { describeComparison } from './describe-comparison.js';
import { describeEvaluation } from './describe-evaluation.js';
import { describeStress } from './describe-stress.js';
import type { EvaluationFigures } from './format-evaluation.js';

/** Several lines, ending with a line end. */
export function describeFigures({ testLook, comparison, stress, ...evaluation }: EvaluationFigures): string {
  return [
    describeEvaluation(evaluation),
    ...(comparison === undefined ? [] : [describeComparison(comparison)]),
    ...(stress === undefined ? [] : [describeStress(stress)]),
    ...(testLook === undefined
      ? []
      : [`look ${testLook.number} at ${evaluation.split}, written down in ${testLook.file}\n`]),
  ].join('\n');
}
