// The predict stage: a photograph, or a face that is cropped already -> the expression of every face in it.
import type { FaceDetector } from '../../core/detect/face.js';
import { findAllFaces, isCroppedFace } from '../../core/identity/find-face.js';
import { cropFace } from '../../core/image/face-crop.js';
import { toGrey } from '../../core/image/grey.js';
import type { Box, Picture } from '../../core/image/picture.js';
import type { AskedModel, ExpressionPrediction } from '../../core/nn/expression-model.js';

export interface PredictedFace extends ExpressionPrediction {
  /** In pixels of the picture; null when the picture was taken whole, as a cropped face. */
  readonly box: Box | null;
  /** The detector's, 0..1; null when the picture was taken whole. */
  readonly score: number | null;
}

/**
 * The faces of a picture, the largest first; none when none is found. They are found and cut out as the live view does it; pictures
 * of at most 100 pixels, and every picture without a `detector`, are taken whole.
 */
export async function predictPicture(
  picture: Picture,
  model: AskedModel,
  detector?: FaceDetector,
): Promise<PredictedFace[]> {
  if (!detector || isCroppedFace(picture)) {
    const predictions = await model.predict([toGrey(picture)]);
    return predictions.map((prediction) => ({ ...prediction, box: null, score: null }));
  }
  const area = ([, , width, height]: Box) => width * height;
  const faces = (await findAllFaces(picture, detector))
    .filter(({ box: [, , width, height] }) => width > 0 && height > 0)
    .sort((a, b) => area(b.box) - area(a.box));
  const predictions = await model.predict(faces.map((face) => cropFace(picture, face, model.metadata.input)));
  return faces.map(({ box, score }, i) => ({ ...predictions[i]!, box, score }));
}
