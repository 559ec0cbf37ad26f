// The panel's upper half: each face in view with its confirmed label and this moment's seven probabilities.

import { signal } from '@preact/signals';
import { percent } from '../../../../core/numbers/percent.js';
import type { LiveController } from '../../state/live-controller.js';
import {
  correction,
  type FaceCard,
  faces,
  modelMissing,
  smallFaces,
  source,
  windowRule,
} from '../../state/live-state.js';
import { expressionColour, faceName } from '../expression-style.js';
import { confirmedBy, WindowChoice } from './window-choice.js';

/** The track whose expression is being corrected. */
const correcting = signal<number | null>(null);

export function FaceList({ controller }: { controller: LiveController | null }) {
  const seen = faces.value;
  // The server analyses its sources by its own options.
  const isServed = source.value?.kind === 'served';
  return (
    <section class="panel-part" aria-labelledby="in-view">
      <div class="panel-head">
        <h2 id="in-view">
          In view <span class="count">{seen.length || ''}</span>
        </h2>
        {!modelMissing.value && !isServed && <WindowChoice controller={controller} />}
      </div>
      {!isServed && (
        <label class="check" title="A few parts of each frame are searched at a higher resolution, all in turn: slower">
          <input
            id="small-faces"
            type="checkbox"
            checked={smallFaces.value}
            onChange={({ currentTarget }) => controller?.searchSmallFaces(currentTarget.checked)}
          />
          Small faces too
        </label>
      )}
      {correction.value && <Corrected controller={controller} />}
      {modelMissing.value && !isServed && <p class="hint-card">{modelMissing.value}</p>}
      {seen.length === 0 ? (
        <p class="empty">{source.value ? 'No face in view.' : 'Faces will be listed here.'}</p>
      ) : (
        <ul class="faces">
          {seen.map((face) => (
            <Face key={face.track} face={face} canCorrect={!isServed} controller={controller} />
          ))}
        </ul>
      )}
    </section>
  );
}

const percentOf = (share: number): string => percent(share, { digits: 0 });

function Corrected({ controller }: { controller: LiveController | null }) {
  const { name, expression, instead, before, after, isLearnt } = correction.value!;
  if (!isLearnt) {
    return (
      <p class="message corrected" role="status">
        Nothing to learn: that moment of {name} is read as {expression} already ({percentOf(after)}). The label follows
        when it lasts.
      </p>
    );
  }
  return (
    <p class="message corrected" role="status">
      Learnt: that was {name}, {expression}
      {instead === expression ? '' : `, not ${instead}`}. In that picture {expression} had {percentOf(before)} and has{' '}
      {percentOf(after)} now.
      <button type="button" class="link" onClick={() => controller?.undoCorrection()}>
        Undo
      </button>
    </p>
  );
}

interface FaceProps {
  readonly face: FaceCard;
  /** Known people can be corrected when the page analyses. */
  readonly canCorrect: boolean;
  readonly controller: LiveController | null;
}

function Face({ face: { track, person, confirmed, probabilities }, canCorrect, controller }: FaceProps) {
  const isCorrecting = correcting.value === track;
  const name = faceName(person, track);
  const colour = confirmed ? expressionColour(confirmed) : undefined;
  return (
    <li class="face" data-track={track} data-person={person ?? ''}>
      <div class="face-head">
        <span class={person ? 'face-name known' : 'face-name'}>{name}</span>
        {confirmed && person && canCorrect ? (
          <button
            type="button"
            class="confirmed"
            style={{ color: colour }}
            aria-expanded={isCorrecting}
            title={`${confirmedBy[windowRule.value]}. Wrong? Click to correct it.`}
            onClick={() => {
              if (!isCorrecting) controller?.holdFace(track);
              correcting.value = isCorrecting ? null : track;
            }}
          >
            {confirmed}
          </button>
        ) : (
          confirmed && (
            <span class="confirmed" style={{ color: colour }} title={confirmedBy[windowRule.value]}>
              {confirmed}
            </span>
          )
        )}
      </div>
      {isCorrecting && probabilities && (
        <fieldset class="correct">
          <legend>What did {name} show just now?</legend>
          {Object.keys(probabilities).map((label) => (
            <button
              key={label}
              type="button"
              class="button small"
              onClick={() => {
                controller?.correct(track, label);
                correcting.value = null;
              }}
            >
              {label}
            </button>
          ))}
        </fieldset>
      )}
      {probabilities && (
        <dl class="bars">
          {Object.entries(probabilities).map(([label, probability]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <span class="visually-hidden">{percentOf(probability)}</span>
                <span
                  class="bar"
                  style={{ transform: `scaleX(${probability.toFixed(3)})`, backgroundColor: expressionColour(label) }}
                />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
