// Loss and accuracy on the validation samples after each epoch.

import { argmax } from '../../core/numbers/argmax.js';
import { type Samples, validationCrops } from '../../core/training/batches.js';
import type { TrainingEngine } from '../../core/training/engine.js';

const validationChunk = 128;

/** Mean cross-entropy and accuracy over the samples. */
export async function validate(
  engine: TrainingEngine,
  samples: Samples,
  view: { width: number; height: number },
  classCount: number,
): Promise<{ loss: number; accuracy: number }> {
  const count = samples.indices.length;
  let [loss, correct] = [0, 0];
  for (let from = 0; from < count; from += validationChunk) {
    const to = Math.min(from + validationChunk, count);
    const probabilities = await engine.predict(validationCrops(samples, view, from, to), to - from);
    for (let i = from; i < to; i++) {
      const label = samples.classes[samples.indices[i]!]!;
      const at = (i - from) * classCount;
      loss -= Math.log(Math.max(probabilities[at + label]!, 1e-12));
      if (argmax(probabilities, at, classCount) === label) correct++;
    }
  }
  return { loss: loss / count, accuracy: correct / count };
}
