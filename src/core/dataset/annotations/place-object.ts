// From what an annotation says to a box in the picture.
import type { AnnotatedFace } from '../face-pictures.js';
import type { AnnotatedObject } from './annotated-picture.js';

/** Smaller boxes are marks that slipped, pixels. */
const smallest = 1;

/**
 * The box, cut to the picture, and the key points, in pixels of a picture of `width` x `height`; or what is wrong with the box.
 * Key points may lie outside.
 */
export function placeObject(
  { box, points }: Pick<AnnotatedObject, 'box' | 'points'>,
  isRelative: boolean,
  { width, height }: { readonly width: number; readonly height: number },
): AnnotatedFace | string {
  const [scaleX, scaleY] = isRelative ? [width, height] : [1, 1];
  const [x, y, w, h] = [box[0] * scaleX, box[1] * scaleY, box[2] * scaleX, box[3] * scaleY];
  const text = `the box of ${describe(w)} x ${describe(h)} pixels at ${describe(x)}, ${describe(y)}`;
  if (!(w >= smallest && h >= smallest)) return `${text} is less than a pixel wide or high`;
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(width, x + w), Math.min(height, y + h)];
  if (!(right - left >= smallest && bottom - top >= smallest)) {
    return `${text} lies outside the picture of ${width} x ${height}`;
  }
  // A box that lies inside keeps its numbers, bit for bit.
  const cut = [left, top, right < x + w || left > x ? right - left : w, bottom < y + h || top > y ? bottom - top : h];
  const placed = points?.map((at, i) => at * (i % 2 === 0 ? scaleX : scaleY)) ?? null;
  return { box: cut as unknown as AnnotatedFace['box'], points: placed };
}

const describe = (value: number): string => `${Math.round(value * 10) / 10}`;
