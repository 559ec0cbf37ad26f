// Which of a picture's faces is meant when one person is expected.
import type { Face } from './face.js';

/** A face this many times as wide as the next one is the one in front of the camera; the others are background. */
const dominance = 1.8;

/**
 * The only face, or the clearly largest; 'none' without faces, 'several' when it cannot be told. With `least` it has at least this
 * score, and faces below it still count among several.
 */
export function mainFace(faces: readonly Face[], least = 0): Face | 'none' | 'several' {
  const bySize = faces.toSorted((a, b) => size(b) - size(a));
  const index = bySize.findIndex(({ score }) => score >= least);
  const first = bySize[index];
  if (!first) return 'none';
  const second = bySize[index === 0 ? 1 : 0];
  return second && size(first) < dominance * size(second) ? 'several' : first;
}

function size({ box }: Face): number {
  return Math.sqrt(Math.max(0, box[2]) * Math.max(0, box[3]));
}
