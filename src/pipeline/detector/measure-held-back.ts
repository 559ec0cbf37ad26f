// Measures a trained detector on the pictures that its run held back, and chooses its threshold there.
import { type FacePicture, holdBack } from '../../core/dataset/face-pictures.js';
import { PlaceDetector } from '../../core/detect/places/place-detector.js';
import { chooseThreshold, thresholdRule } from '../../core/metrics/choose-threshold.js';
import { requireFiniteOutputs } from '../../core/onnx/require-finite-outputs.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import type { OpenSession } from '../../core/ports/session.js';
import type { ReadPixels } from '../../core/training/detection/detection-batches.js';
import { detectPictures } from './detect-pictures.js';
import { type DetectorFigures, judgeDetector } from './evaluate-detector.js';

/** Lower scores change no figure that anybody uses. */
export const lowestScore = 0.02;

export interface HeldBackRequest {
  readonly pictures: readonly FacePicture[];
  /** That the run held back. */
  readonly share: number;
  readonly readPixels: ReadPixels;
  readonly openSession: OpenSession;
  readonly progress: Progress;
  readonly clock: Clock;
}

/** Figures by overlap, `atScore` at the chosen threshold. */
export interface HeldBackFigures extends DetectorFigures {
  /** The same by the centre, as the threshold was chosen. */
  readonly byCentre: DetectorFigures;
}

/**
 * Null when no picture was held back. Throws ModelFormatError when the model gives numbers
 * that are not finite.
 */
export async function measureHeldBack(model: Uint8Array, request: HeldBackRequest): Promise<HeldBackFigures | null> {
  const { pictures, share, readPixels, progress, clock } = request;
  const { validation } = holdBack(pictures, share);
  if (validation.length === 0) return null;
  const open = requireFiniteOutputs(request.openSession);
  const detector = await PlaceDetector.open(model, open, { minScore: lowestScore });
  try {
    const known = Array.from(validation, (index) => ({ ...pictures[index]!, read: async () => readPixels(index) }));
    const detect: Parameters<typeof detectPictures>[0]['detect'] = (picture) => detector.detect(picture);
    const detected = await detectPictures({ pictures: known, detect, progress, clock });
    const byCentre = judgeDetector(detected, { matching: thresholdRule.matching, score: chooseThreshold });
    return { ...judgeDetector(detected, { matching: 'overlap', score: byCentre.atScore.score }), byCentre };
  } finally {
    await detector.release();
  }
}
