// The predict stage: a photograph, or a face that is cropped already -> the expression of every face in it.
import type { FaceDetector, FaceKeypoints } from '../../core/detect/face.js';
import { type CropSize, cropFace } from '../../core/detect/face-crop.js';
import { findAllFaces, isCroppedFace } from '../../core/identity/find-face.js';
import { toGrey } from '../../core/image/grey.js';
import type { Box, GreyPicture, Picture } from '../../core/image/picture.js';
import { resizeGrey } from '../../core/image/resize.js';
import type { AskedModel, ExpressionPrediction } from '../../core/model/expression-model.js';

export interface PredictedFace extends ExpressionPrediction {
  /** In pixels of the picture; null when the picture was taken whole, as a cropped face. */
  readonly box: Box | null;
  /** The detector's, 0..1; null when the picture was taken whole. */
  readonly score: number | null;
}

/** A face of a picture as a model is given it. */
export interface CutFace extends Pick<PredictedFace, 'box' | 'score'> {
  readonly face: GreyPicture;
  /** Null also when the picture was taken whole. */
  readonly keypoints: FaceKeypoints | null;
}

/**
 * The faces of a picture, the largest first; none when none is found. They are found and cut out as the live view does it; pictures
 * of at most 100 pixels, and every picture without a `detector`, are taken whole.
 */
export async function cutFaces(picture: Picture, size: CropSize, detector?: FaceDetector): Promise<CutFace[]> {
  if (!detector || isCroppedFace(picture)) {
    return [{ face: resizeGrey(toGrey(picture), size.width, size.height), box: null, score: null, keypoints: null }];
  }
  const area = ([, , width, height]: Box) => width * height;
  return (await findAllFaces(picture, detector))
    .filter(({ box: [, , width, height] }) => width > 0 && height > 0)
    .sort((a, b) => area(b.box) - area(a.box))
    .map((face) => ({
      face: cropFace(picture, face, size),
      box: face.box,
      score: face.score,
      keypoints: face.keypoints,
    }));
}

/** The expression of every face that `cutFaces` finds. */
export async function predictPicture(
  picture: Picture,
  model: AskedModel,
  detector?: FaceDetector,
): Promise<PredictedFace[]> {
  const faces = await cutFaces(picture, model.metadata.input, detector);
  const predictions = await model.predict(faces.map(({ face }) => face));
  return faces.map(({ box, score }, i) => ({ ...predictions[i]!, box, score }));
}
