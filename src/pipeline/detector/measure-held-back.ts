// Measures a trained detector on the pictures that its run held back, and chooses its threshold there.
import { type FacePicture, holdBack } from '../../core/dataset/face-pictures.js';
import { defaultMinScore } from '../../core/detect/face-search.js';
import { PlaceDetector, shiftScore } from '../../core/detect/places/place-detector.js';
import type { Picture } from '../../core/image/picture.js';
import { chooseThreshold, thresholdRule } from '../../core/metrics/choose-threshold.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import type { OpenSession } from '../../core/ports/session.js';
import type { ReadPixels } from '../../core/training/detection/detection-batches.js';
import { detectPictures, type EvaluatedFace, toEvaluated } from './detect-pictures.js';
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

/** Figures by overlap, with the scores of a detector that has the chosen threshold; `atScore` is at that. */
export interface HeldBackFigures extends DetectorFigures {
  /** The network's own score from which a detection counts. */
  readonly threshold: number;
  /** The same figures by the centre, as the threshold was chosen. */
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
  const detector = await PlaceDetector.open(model, request.openSession, { search: 'thorough', minScore: lowestScore });
  try {
    const known = Array.from(validation, (index) => ({ ...pictures[index]!, read: async () => readPixels(index) }));
    const detect = async (picture: Picture): Promise<EvaluatedFace[]> =>
      (await detector.detect(picture)).map(toEvaluated);
    const detected = await detectPictures({ pictures: known, detect, progress, clock });
    const { matching } = thresholdRule;
    const chosen = judgeDetector(detected, { matching, score: chooseThreshold }).atScore.score;
    const shifted = detected.map((one) => ({
      ...one,
      detections: one.detections.map((face) => ({ ...face, score: shiftScore(face.score, chosen, defaultMinScore) })),
    }));
    return {
      ...judgeDetector(shifted, { matching: 'overlap', score: defaultMinScore }),
      byCentre: judgeDetector(shifted, { matching, score: defaultMinScore }),
      // Rounded down, so that the detections at the threshold still count.
      threshold: Math.floor(shiftScore(chosen, defaultMinScore, detector.threshold) * 1e4) / 1e4,
    };
  } finally {
    await detector.release();
  }
}
