// The panel's upper half: each face in view with its confirmed label and this moment's seven probabilities.
import type { LiveController } from '../state/live-controller.js';
import { type FaceCard, faces, modelMissing, smallFaces, source, windowRule } from '../state/live-state.js';
import { expressionColour, faceName } from './expression-look.js';
import { confirmedBy, WindowChoice } from './window-choice.js';

export function FaceList({ controller }: { controller: LiveController | null }) {
  const seen = faces.value;
  // What the server analyses it analyses as its options say.
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
        <label class="check" title="A few parts of each frame are looked at more closely, all in turn: slower">
          <input
            id="small-faces"
            type="checkbox"
            checked={smallFaces.value}
            onChange={({ currentTarget }) => controller?.lookForSmallFaces(currentTarget.checked)}
          />
          Small faces too
        </label>
      )}
      {modelMissing.value && !isServed && <p class="hint-card">{modelMissing.value}</p>}
      {seen.length === 0 ? (
        <p class="empty">{source.value ? 'No face in view.' : 'Faces will be listed here.'}</p>
      ) : (
        <ul class="faces">
          {seen.map((face) => (
            <Face key={face.track} face={face} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Face({ face: { track, person, confirmed, probabilities } }: { face: FaceCard }) {
  const name = faceName(person, track);
  return (
    <li class="face" data-track={track} data-person={person ?? ''}>
      <div class="face-head">
        <span class={person ? 'face-name known' : 'face-name'}>{name}</span>
        {confirmed && (
          <span class="confirmed" style={{ color: expressionColour(confirmed) }} title={confirmedBy[windowRule.value]}>
            {confirmed}
          </span>
        )}
      </div>
      {probabilities && (
        <dl class="bars">
          {Object.entries(probabilities).map(([label, probability]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <span class="visually-hidden">{Math.round(probability * 100)} %</span>
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
