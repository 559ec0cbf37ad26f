// Which of a picture's faces is meant when one person is expected.
import type { Face } from './face.js';

/** A face this many times as wide as the next one is the one in front of the camera; the others are background. */
const dominance = 1.5;

/** The only face, or the clearly largest; 'none' without faces, 'several' when it cannot be told. */
export function mainFace(faces: readonly Face[]): Face | 'none' | 'several' {
  const [first, second] = faces.toSorted((a, b) => size(b) - size(a));
  if (!first) return 'none';
  return second && size(first) < dominance * size(second) ? 'several' : first;
}

function size({ box }: Face): number {
  return Math.sqrt(Math.max(0, box[2]) * Math.max(0, box[3]));
}
