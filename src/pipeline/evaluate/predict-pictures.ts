// Runs the model on pictures: every evaluation does so here.
import type { GreyPicture } from '../../core/image/picture.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import { predictAugmented, type TestTimeAugmentation } from '../../core/model/test-time-augmentation.js';

export interface PredictOptions {
  /** Pictures in one run of the model. */
  readonly batch: number;
  /** Default none. */
  readonly tta?: TestTimeAugmentation | undefined;
  /** Called with the number of pictures that are done. */
  readonly onDone?: (pictures: number) => void;
}

/** Probabilities of each picture, `[pictures, classes]`. Throws ConfigError when the model does not support that test-time augmentation. */
export async function predictPictures(
  model: AskedModel,
  pictures: readonly GreyPicture[],
  { batch, tta = 'none', onDone }: PredictOptions,
): Promise<Float32Array> {
  const classes = model.metadata.labels.length;
  const probabilities = new Float32Array(pictures.length * classes);
  for (let start = 0; start < pictures.length; start += batch) {
    const faces = pictures.slice(start, start + batch);
    (await predictAugmented(model, faces, tta)).forEach((ofFace, i) => {
      probabilities.set(ofFace, (start + i) * classes);
    });
    onDone?.(start + faces.length);
  }
  return probabilities;
}
