// The figures that the chosen model's card gives: what it was validated on.
import { useMemo } from 'preact/hooks';
import { card, cardText } from '../state/models-state.js';
import { JudgementView } from './judgement-view.js';
import { readCardFigures } from './read-card-figures.js';

export function OwnFigures() {
  const [shown, text] = [card.value, cardText.value];
  const figures = useMemo(() => shown && text !== null && readCardFigures(text, shown.metadata.labels), [shown, text]);
  // A card of another run says nothing of this model.
  if (!shown || !figures || (figures.run !== null && figures.run !== shown.metadata.run)) return null;
  return (
    <section class="panel-part" aria-labelledby="own-title" data-part="own">
      <h2 id="own-title">The model on {figures.split}</h2>
      <p class="empty">
        From its card: what it was validated on.
        {shown.metadata.int8 && ' It measures the float form; the accuracy of this int8 form is what its file says.'}
      </p>
      <JudgementView judgement={figures} of={`on ${figures.split}`} />
    </section>
  );
}
