// An evaluation that was dropped: whose figures, and the figures.
import { card, evaluation as shownEvaluation } from '../../state/models-state.js';
import { isEvaluationOf } from '../../worker/is-evaluation-of.js';
import type { EvaluationFile } from '../../worker/model-protocol.js';
import { JudgementView } from './judgement-view.js';

/** In the live view each face is predicted once, without test-time augmentation. */
const averaged = {
  none: '',
  flip: ' Each picture and its mirror image averaged: a single prediction, as in the live view, is a little less accurate.',
  'ten-crop':
    ' Ten crops of each picture averaged: a single prediction, as in the live view, is a little less accurate.',
} as const;

export function EvaluationPart({ evaluation }: { evaluation: EvaluationFile }) {
  const { file, split, run, seenInTraining, testTimeAugmentation } = evaluation;
  const chosen = card.value;
  const isOfOther = chosen && !isEvaluationOf(evaluation, { run: chosen.metadata.run, hash: chosen.hash });
  return (
    <section class="panel-part" aria-labelledby="evaluation-title" data-part="evaluation">
      <div class="part-head">
        <h2 id="evaluation-title">Evaluation on {split}</h2>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            shownEvaluation.value = null;
          }}
        >
          Remove
        </button>
      </div>
      <p class="empty">
        From {file}, of run {run}.{averaged[testTimeAugmentation]}
      </p>
      {isOfOther && (
        <p class="hint-card">
          {chosen.metadata.run === run
            ? `It is of another file of run ${run} than the one chosen: not the same model.`
            : `It is of run ${run}, and the model chosen is of run ${chosen.metadata.run}: not the same model.`}
        </p>
      )}
      {seenInTraining === true && (
        <p class="hint-card">The model was trained on these pictures: on others it does worse.</p>
      )}
      <JudgementView judgement={evaluation} of={`on ${split}`} />
    </section>
  );
}
