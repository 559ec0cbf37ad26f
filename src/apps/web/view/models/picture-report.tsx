// The predictions for the dropped pictures: progress, failures, figures, the pictures.
import { useEffect, useRef } from 'preact/hooks';
import type { ModelsController } from '../../state/models-controller.js';
import { areCropped, type PictureRun, resultFilter } from '../../state/models-state.js';
import { listNames } from '../../state/plan-drop.js';
import type { UnknownFolder } from '../../worker/sort-pictures.js';
import { counted, whole } from '../format-figures.js';
import { JudgementView } from './judgement-view.js';
import { PictureList } from './picture-list.js';

/** Names that are listed; the rest are counted. */
const namesShown = 10;

export function PictureReport({ run, controller }: { run: PictureRun; controller: ModelsController | null }) {
  const { phase, done, total, labelled, judgement, failure, problems, results, passedOver } = run;
  const title = useRef<HTMLHeadingElement>(null);
  // Pictures may be dropped far down the page: this part scrolls into view.
  useEffect(() => title.current?.scrollIntoView({ block: 'nearest' }), [results]);
  return (
    <section class="panel-part" aria-labelledby="pictures-title" data-part="pictures" data-phase={phase}>
      <h2 ref={title} id="pictures-title">
        Pictures <span class="count">{whole(total)}</span>
      </h2>
      {phase === 'waiting' && (
        <p class="empty" role="status">
          Waiting for a model.
        </p>
      )}
      {phase === 'running' && (
        <div class="picture-progress">
          <progress max={total} value={done} aria-label="Pictures analysed" />
          <span>
            {whole(done)} of {whole(total)}
          </span>
          <button type="button" class="button small" onClick={() => controller?.stop()}>
            Stop
          </button>
        </div>
      )}
      {phase === 'stopped' && (
        <p class="hint-card">
          Stopped after {whole(done)} of {whole(total)}: no figures, since the other pictures would change them.
        </p>
      )}
      {failure && (
        <p class="message error" role="alert" data-code={failure.code}>
          {failure.message}
        </p>
      )}
      <UnknownFolders folders={run.unknownFolders} isAll={labelled === 0} />
      {passedOver.length > 0 && (
        <p class="hint-card" data-part="passed-over">
          {counted(passedOver.length, 'other file')} passed over, as no picture that this page reads:{' '}
          {listNames(passedOver)}.
        </p>
      )}
      {problems.length > 0 && (
        <details class="hint-card" data-part="problems" open={problems.length <= 3}>
          <summary>
            {counted(problems.length, 'picture')} could not be used and {problems.length === 1 ? 'is' : 'are'} left out
          </summary>
          <ul>
            {problems.slice(0, namesShown).map(({ path, reason }) => (
              <li key={path}>
                <strong>{path}</strong>: {reason}
              </li>
            ))}
            {problems.length > namesShown && <li>and {whole(problems.length - namesShown)} more</li>}
          </ul>
        </details>
      )}
      {judgement && (
        <JudgementView
          judgement={judgement}
          of={`on these pictures${areCropped.value ? ', taken whole' : ''}`}
          onCell={(truth, label) => {
            resultFilter.value = { kind: 'cell', truth, label };
            document.getElementById('picture-list')?.scrollIntoView({ block: 'nearest' });
          }}
        />
      )}
      {results.length > 0 && <PictureList run={run} />}
    </section>
  );
}

function UnknownFolders({ folders, isAll }: { folders: readonly UnknownFolder[]; isAll: boolean }) {
  if (folders.length === 0) return null;
  const names = folders.slice(0, namesShown).map(({ folder, pictures }) => `${folder} (${whole(pictures)})`);
  const more = folders.length > namesShown ? ` and ${whole(folders.length - namesShown)} more` : '';
  return (
    <p class="hint-card" role="alert" data-part="unknown-folders">
      {isAll
        ? 'No folder is named after a class of the model, so there are no figures: '
        : 'These folders are named after no class of the model, and their pictures are left out of the figures: '}
      {names.join(', ')}
      {more}. Name folders after the classes to count them.
    </p>
  );
}
