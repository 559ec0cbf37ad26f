// The Models view: the model beside its predictions for pictures.
import { useEffect, useRef } from 'preact/hooks';
import type { ModelsController } from '../../state/models-controller.js';
import { cardText, dropFailure, evaluation, pictureRun, type ShelfModel } from '../../state/models-state.js';
import type { Failure } from '../../worker/failure.js';
import { WarningIcon } from '../icons.js';
import { DropZone } from './drop-zone.js';
import { EvaluationPart } from './evaluation-part.js';
import { Markdown } from './markdown.js';
import { ModelPanel } from './model-panel.js';
import { OwnFigures } from './own-figures.js';
import { PictureReport } from './picture-report.js';

interface ModelsViewProps {
  readonly controller: ModelsController | null;
  readonly isDropping: boolean;
  readonly onUseInLive: (model: ShelfModel) => void;
}

export function ModelsView({ controller, isDropping, onUseInLive }: ModelsViewProps) {
  const failure = dropFailure.value;
  return (
    <main class="models">
      <ModelPanel controller={controller} onUseInLive={onUseInLive} />
      <div class="models-results">
        <DropZone controller={controller} isDropping={isDropping} />
        {failure && <DropFailure failure={failure} />}
        {pictureRun.value && <PictureReport run={pictureRun.value} controller={controller} />}
        {evaluation.value && <EvaluationPart evaluation={evaluation.value} />}
        <OwnFigures />
        {cardText.value !== null && (
          <details class="panel-part card-text">
            <summary>
              <h2>Model card</h2>
            </summary>
            <Markdown text={cardText.value} />
          </details>
        )}
      </div>
    </main>
  );
}

function DropFailure({ failure }: { failure: Failure }) {
  const message = useRef<HTMLParagraphElement>(null);
  // Files can be dropped anywhere on the page, far from here.
  useEffect(() => message.current?.scrollIntoView({ block: 'nearest' }), [failure]);
  return (
    <p ref={message} class="message error" role="alert" data-code={failure.code}>
      <WarningIcon /> {failure.message}
    </p>
  );
}
