// Labels in YOLO's form, a text file for each picture and a line for each box: `class cx cy width height`, shares of the picture,
// in YOLO-pose followed by `x y visibility` of each key point.
import type { FacePoints } from '../../detect/places/places.js';
import type { AnnotatedObject, Annotations, LineFault } from './annotated-picture.js';
import { middleOfMouth } from './middle-of-mouth.js';

/** Numbers of a line without key points, and of each key point. */
const [ofBox, ofPoint] = [5, 3];

/** Boxes and points are shares, the class a number as text. Lines that are none of YOLO's become faults. */
export function readYoloLabels(text: string): Annotations {
  const objects: AnnotatedObject[] = [];
  const faults: LineFault[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const words = line.split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) continue;
    const numbers = words.map(Number);
    const problem = faultOf(words, numbers);
    if (problem !== undefined) {
      faults.push({ line: i + 1, kind: 'text', problem });
      continue;
    }
    const [, x, y, width, height] = numbers as [number, number, number, number, number];
    objects.push({
      line: i + 1,
      className: `${numbers[0]}`,
      box: [x - width / 2, y - height / 2, width, height],
      points: pointsOf(numbers.slice(ofBox)),
      unsure: null,
    });
  }
  return { objects, size: null, isRelative: true, faults };
}

function faultOf(words: readonly string[], numbers: readonly number[]): string | undefined {
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) return `'${words[bad]!.slice(0, 20)}' is no finite number`;
  if (words.length < ofBox || (words.length - ofBox) % ofPoint !== 0) {
    return `there must be ${ofBox} numbers, and ${ofPoint} more for each key point; found ${words.length}`;
  }
  if (!Number.isInteger(numbers[0]) || numbers[0]! < 0) return `the class must be a whole number; found ${words[0]}`;
  // A polygon's line can have as many numbers.
  for (let i = ofBox + 2; i < numbers.length; i += ofPoint) {
    if (![0, 1, 2].includes(numbers[i]!)) return `a key point's visibility must be 0, 1 or 2; found ${words[i]}`;
  }
  return undefined;
}

/** Of four or five key points that are all marked; of others null. */
function pointsOf(numbers: readonly number[]): FacePoints | null {
  const isMarked = numbers.every((value, i) => i % ofPoint !== 2 || value > 0);
  const points = numbers.filter((_, i) => i % ofPoint !== 2);
  if (!isMarked) return null;
  if (points.length === 8) return points;
  return points.length === 10 ? middleOfMouth(points) : null;
}
