// Key points with both corners of the mouth, as other detectors and most sets have them.
import type { FacePoints } from '../../detect/places/places.js';

/** x and y of left eye, right eye, nose and both corners of the mouth: the corners become their middle. */
export function middleOfMouth(points: readonly number[]): FacePoints {
  const [leftX, leftY, rightX, rightY] = points.slice(6) as [number, number, number, number];
  return [...points.slice(0, 6), (leftX + rightX) / 2, (leftY + rightY) / 2];
}
