// What a detector returns.
import type { Box, Picture, Point } from '../image/picture.js';

/** The six key points of MediaPipe's detectors, in pixels; left and right are the person's own. */
export interface FaceKeypoints {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly nose: Point;
  readonly mouth: Point;
  readonly rightEar: Point;
  readonly leftEar: Point;
}

/** A detected face. `score` is a probability 0..1; `keypoints` is null for detectors that give none (Haar). */
export interface Face {
  readonly box: Box;
  readonly score: number;
  readonly keypoints: FaceKeypoints | null;
}

/** Finds faces in a picture of any channel count, best score first. */
export interface FaceDetector {
  detect(picture: Picture): Promise<Face[]>;
  release(): Promise<void>;
}
