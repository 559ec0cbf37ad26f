// Overlapping parts of a picture, for finding faces that are too small in the whole.
import type { Box, Picture, Point } from '../../image/picture.js';
import { type Face, mapFace } from '../face.js';

/** Halves and quarters of the longer side; another halving costs four times as much and finds mostly noise. */
const LEVELS = 2;
/** For faces of a known size in large pictures. */
const MOST_LEVELS = 4;
/** Face widths from this share of a part's side are mostly found. */
const SEEN_WHOLE = 0.1;
/** Smaller parts hold no more detail than the network's input takes. */
const SMALLEST_SIDE = 120;
/** Distance between neighbouring parts, in sides: a face up to 30 % of a part is whole in one of them. */
const STEP = 0.7;
/** Larger faces, in sides, are left to larger parts. */
const LARGEST_FACE = 0.5;

/**
 * Boxes `[x, y, width, height]` of whole pixels inside the picture, larger ones first; empty for a small picture. With
 * `smallest`, the width of the smallest box that is wanted in pixels, as small parts as that one needs.
 */
export function pictureParts(picture: { readonly width: number; readonly height: number }, smallest?: number): Box[] {
  const parts: Box[] = [];
  const longer = Math.max(picture.width, picture.height);
  for (let level = 1; level <= (smallest === undefined ? LEVELS : MOST_LEVELS); level++) {
    const side = Math.round(longer / 2 ** level);
    if (side < SMALLEST_SIDE || (smallest !== undefined && 2 * side * SEEN_WHOLE <= smallest)) break;
    for (const [y, height] of spans(picture.height, side)) {
      for (const [x, width] of spans(picture.width, side)) parts.push([x, y, width, height]);
    }
  }
  return parts;
}

/** Evenly spread spans `[start, length]` of `side` that cover 0..length. */
function spans(length: number, side: number): [start: number, length: number][] {
  if (length <= side) return [[0, length]];
  const count = Math.ceil((length - side) / (side * STEP)) + 1;
  return Array.from({ length: count }, (_, i) => [Math.round((i * (length - side)) / (count - 1)), side]);
}

/** Whether the face, found in the part, is neither cut off by the part's edge nor too large for it. */
export function isWholeInPart({ box }: Face, part: Box, picture: Picture): boolean {
  const [x, y, width, height] = box;
  const near = 2;
  const cut =
    (x < near && part[0] > 0) ||
    (y < near && part[1] > 0) ||
    (x + width > part[2] - near && part[0] + part[2] < picture.width) ||
    (y + height > part[3] - near && part[1] + part[3] < picture.height);
  return !cut && Math.max(width, height) < LARGEST_FACE * Math.max(part[2], part[3]);
}

/** The face in the picture's pixels, given in those of a part that begins at `[x, y]`. */
export function moveFace(face: Face, [x, y]: Point): Face {
  return mapFace(face, ([px, py]) => [px + x, py + y]);
}

/** The face in the pixels of a picture that is larger by these factors. */
export function scaleFace(face: Face, x: number, y: number): Face {
  return mapFace(face, ([px, py]) => [px * x, py * y]);
}
