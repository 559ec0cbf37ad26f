// The pictures with the probabilities of each, as bars.
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { toRgba } from '../../../../adapters/browser/image-codec.js';
import type { GreyPicture } from '../../../../core/image/picture.js';
import { percent } from '../../../../core/numbers/percent.js';
import { type PictureRun, type ResultFilter, resultFilter } from '../../state/models-state.js';
import { baseName } from '../../state/plan-drop.js';
import type { PictureResult } from '../../worker/model-protocol.js';
import { expressionColour } from '../expression-style.js';
import { counted, whole } from '../format-figures.js';
import { Photograph } from '../photograph.js';

/** Pictures listed at first, and added by each click: a page of thousands would be slow. */
const step = 24;

export function PictureList({ run }: { run: PictureRun }) {
  const { labels } = run;
  const filter = resultFilter.value;
  const [shown, setShown] = useState({ filter, count: step });
  const count = shown.filter === filter ? shown.count : step;
  const wanted = run.results.filter((result) => passes(result, filter));
  return (
    <div id="picture-list" class="picture-list">
      <div class="part-head">
        <p role="status">
          <strong>{title(filter, labels)}</strong> <span class="count">{whole(wanted.length)}</span>
        </p>
        {run.labelled > 0 && (
          <fieldset class="segments small">
            <legend class="visually-hidden">Which pictures</legend>
            {(['all', 'mistakes'] as const).map((kind) => (
              <button
                key={kind}
                type="button"
                aria-pressed={filter.kind === kind}
                onClick={() => {
                  resultFilter.value = { kind };
                }}
              >
                {kind === 'all' ? 'All' : 'Mistakes'}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <ul class="results">
        {wanted.slice(0, count).map((result) => (
          <Fragment key={`${result.path} ${result.index}`}>
            {result.box && result.index === 0 && result.truth === null && filter.kind === 'all' && (
              <Photograph
                path={result.path}
                file={run.files.get(result.path)}
                faces={run.results.filter(({ path }) => path === result.path)}
                labels={labels}
              />
            )}
            <Result result={result} labels={labels} />
          </Fragment>
        ))}
      </ul>
      {wanted.length > count && (
        <button type="button" class="button small" onClick={() => setShown({ filter, count: count + step })}>
          Show more: {counted(wanted.length - count, 'face')} left
        </button>
      )}
    </div>
  );
}

function passes({ truth, label }: PictureResult, filter: ResultFilter): boolean {
  if (filter.kind === 'all') return true;
  if (filter.kind === 'mistakes') return truth !== null && truth !== label;
  return truth === filter.truth && label === filter.label;
}

function title(filter: ResultFilter, labels: readonly string[]): string {
  if (filter.kind === 'cell') return `${labels[filter.truth]} taken for ${labels[filter.label]}`;
  return filter.kind === 'all' ? 'All faces' : 'Mistakes';
}

function Result({ result, labels }: { result: PictureResult; labels: readonly string[] }) {
  const { path, truth, label, probabilities, face, index, count } = result;
  const name = count > 1 ? `${baseName(path)}, face ${index + 1}` : baseName(path);
  return (
    <li class="result" data-path={path} data-expression={labels[label]}>
      <div class="result-head">
        <FaceCanvas face={face} name={name} />
        <div>
          <p class="confirmed" style={{ color: expressionColour(labels[label]!) }}>
            {labels[label]}
            <small>{percent(probabilities[label]!)}</small>
          </p>
          {truth !== null && (
            <p class={truth === label ? 'verdict' : 'verdict wrong'}>
              {truth === label ? 'right' : `wrong: ${labels[truth]}`}
            </p>
          )}
          <p class="result-name" title={path}>
            {name}
          </p>
        </div>
      </div>
      <dl class="bars">
        {labels.map((one, i) => (
          <div key={one}>
            <dt>{one}</dt>
            <dd>
              <span class="visually-hidden">{percent(probabilities[i]!)}</span>
              <span
                class="bar"
                style={{ transform: `scaleX(${probabilities[i]!.toFixed(3)})`, backgroundColor: expressionColour(one) }}
              />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** The network's input, not the file, so that a bad crop is visible. */
function FaceCanvas({ face, name }: { face: GreyPicture; name: string }) {
  return (
    <canvas
      class="result-face"
      width={face.width}
      height={face.height}
      role="img"
      aria-label={`What the model sees of ${name}`}
      ref={(canvas) => {
        canvas?.getContext('2d')?.putImageData(new ImageData(toRgba(face), face.width, face.height), 0, 0);
      }}
    />
  );
}
