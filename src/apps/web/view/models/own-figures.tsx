// The chosen model's own figures: of the evaluation beside its file, else those that its card gives.
import { useMemo } from 'preact/hooks';
import { card, cardText } from '../../state/models-state.js';
import { JudgementView } from './judgement-view.js';
import { readCardFigures } from './read-card-figures.js';

export function OwnFigures() {
  const [shown, text] = [card.value, cardText.value];
  const onCard = useMemo(() => shown && text !== null && readCardFigures(text, shown.metadata.labels), [shown, text]);
  if (!shown) return null;
  const { evaluation, metadata } = shown;
  // A card of another run is not about this model.
  const isOwnCard = onCard && (onCard.run === null || onCard.run === metadata.run);
  const figures = evaluation ?? (isOwnCard ? onCard : null);
  if (!figures) return null;
  return (
    <section class="panel-part" aria-labelledby="own-title" data-part="own">
      <h2 id="own-title">The model on {figures.split}</h2>
      <p class="empty">
        {evaluation
          ? `From ${evaluation.file}. The model was ${metadata.split}.`
          : 'From its card: what it was validated on.'}
        {!evaluation && metadata.int8 && ' It measures the float form, of which this is the int8 form.'}
        {!evaluation && ' An evaluation, dropped here or beside the file, has the reliability diagram too.'}
      </p>
      {evaluation?.seenInTraining === true && (
        <p class="hint-card">The model was trained on these pictures: on others it does worse.</p>
      )}
      <JudgementView judgement={figures} of={`on ${figures.split}`} />
    </section>
  );
}
