// The gallery pictures of a person, doubtful ones marked; each can be removed.
import type { LiveController } from '../../state/live-controller.js';
import { reviewed } from '../../state/live-state.js';
import { Portrait } from './portrait.js';

export function PersonPictures({ name, controller }: { name: string; controller: LiveController | null }) {
  const pictures = reviewed.value?.pictures ?? [];
  const doubtful = pictures.filter(({ doubt }) => doubt !== null).length;
  return (
    <div class="person-pictures">
      <p class="hint">
        {doubtful === 0
          ? 'None looks wrong. Choose a picture to remove it.'
          : `${doubtful} of ${pictures.length} are doubtful (marked). Choose a picture to remove it.`}
      </p>
      <ul>
        {pictures.map(({ picture, doubt }, i) => (
          <li key={`${pictures.length}-${i}`}>
            <button
              type="button"
              class={doubt === null ? 'face-picture' : 'face-picture doubtful'}
              title={doubt === null ? 'Remove this picture' : `${doubt}: remove this picture`}
              aria-label={`Remove picture ${i + 1} of ${name}${doubt === null ? '' : `, ${doubt}`}`}
              onClick={() => controller?.removePicture(i)}
            >
              <Portrait picture={picture} name={name} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
