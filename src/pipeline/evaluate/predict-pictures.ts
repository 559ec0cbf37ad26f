// The one place where an evaluation asks the model.
import type { GreyPicture } from '../../core/image/picture.js';
import type { ExpressionModel } from '../../core/nn/expression-model.js';

export interface PredictOptions {
  /** Pictures in one run of the model. */
  readonly batch: number;
  /** Told how many pictures are done. */
  readonly onDone?: (pictures: number) => void;
}

/** What the model says of each picture: probabilities `[pictures, classes]`. */
export async function predictPictures(
  model: ExpressionModel,
  pictures: readonly GreyPicture[],
  { batch, onDone }: PredictOptions,
): Promise<Float32Array> {
  const classes = model.metadata.labels.length;
  const probabilities = new Float32Array(pictures.length * classes);
  for (let start = 0; start < pictures.length; start += batch) {
    const faces = pictures.slice(start, start + batch);
    (await model.predict(faces)).forEach((prediction, i) => {
      probabilities.set(prediction.probabilities, (start + i) * classes);
    });
    onDone?.(start + faces.length);
  }
  return probabilities;
}
