// What a detector returns.
import type { Box, Picture, Point } from '../image/picture.js';

/** Key points of a face, in pixels; left and right are the person's own. Only MediaPipe's networks give the ears. */
export interface FaceKeypoints {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly nose: Point;
  /** The middle of the mouth. */
  readonly mouth: Point;
  readonly rightEar?: Point;
  readonly leftEar?: Point;
}

/** A detected face. `score` lies in 0..1; `keypoints` is null for detectors that give none (Haar). */
export interface Face {
  readonly box: Box;
  readonly score: number;
  readonly keypoints: FaceKeypoints | null;
}

/** The face with its box and key points moved by `map`, which must keep upright rectangles upright. */
export function mapFace(face: Face, map: (point: Point) => Point): Face {
  const [x, y, width, height] = face.box;
  const [left, top] = map([x, y]);
  const [right, bottom] = map([x + width, y + height]);
  const box: Box = [left, top, right - left, bottom - top];
  if (face.keypoints === null) return { ...face, box };
  const points = Object.entries(face.keypoints).map(([name, point]) => [name, map(point)] as const);
  return { ...face, box, keypoints: Object.fromEntries(points) as unknown as FaceKeypoints };
}

/** Finds faces in a picture of any channel count, best score first. */
export interface FaceDetector {
  detect(picture: Picture): Promise<Face[]>;
  release(): Promise<void>;
}
