// The personal examples of a person; each can be removed.
import type { LiveController } from '../../state/live-controller.js';
import { reviewedExamples } from '../../state/live-state.js';
import { expressionColour } from '../expression-style.js';
import { Portrait } from './portrait.js';

export function PersonalExamples({ name, controller }: { name: string; controller: LiveController | null }) {
  const pictures = reviewedExamples.value?.pictures ?? [];
  return (
    <div class="person-pictures">
      <p class="hint">Choose a picture to remove it.</p>
      <ul>
        {pictures.map(({ expression, picture }, i) => (
          <li key={`${pictures.length}-${i}`}>
            <button
              type="button"
              class="face-picture"
              title={`${expression}: remove this picture`}
              aria-label={`Remove picture ${i + 1} of ${name}, ${expression}`}
              onClick={() => controller?.removeExample(i)}
            >
              <Portrait picture={picture} name={name} />
              <small style={{ color: expressionColour(expression) }}>{expression}</small>
            </button>
          </li>
        ))}
      </ul>
      <div class="actions start">
        <button type="button" class="button small" onClick={() => controller?.calibrate(name)}>
          Teach again
        </button>
        <button type="button" class="button small quiet" onClick={() => controller?.forgetExamples(name)}>
          Forget all
        </button>
      </div>
    </div>
  );
}
