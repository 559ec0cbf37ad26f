// One training sample of a detector: a square of one, four or sixteen tiles, each with a part of another picture in it.

import type { AnnotatedFace, FacePicture } from '../../dataset/face-pictures.js';
import type { Box, Picture } from '../../image/picture.js';
import type { Random } from '../../numbers/random.js';
import type { TargetFaces } from './assign-targets.js';
import { type TileMap, warpTile } from './warp-tile.js';

export interface CompositionOptions {
  /** Sizes of faces to draw, on a logarithmic scale; a face's size is the root of its area, pixels. */
  readonly faceSizes: readonly [smallest: number, largest: number];
  /** Probability of four tiles, and of sixteen; else it is one. */
  readonly mosaic: readonly [four: number, sixteen: number];
  /** Probability of mirroring a tile. */
  readonly flip: number;
  /** Largest rotation of a tile either way, degrees. */
  readonly rotation: number;
  /** Largest change of width against height, as a share of 1. */
  readonly stretch: number;
  /** Probability that a face is partly covered by a patch. */
  readonly occlusion: number;
}

/** A picture with what is known of it. */
export interface SourcePicture {
  readonly described: FacePicture;
  readonly picture: Picture;
}

/** Smaller faces are not asked for, pixels. */
const smallestFace = 8;
/** A face must be visible to this share of its box, else its place is left out of the loss. */
const visibleShare = 0.6;
/** Proposals at least as sure are nearly always faces. */
export const sureScore = 0.8;
/** Pictures are enlarged at most so much. */
const largestScale = 3;

/** Fills `values` from `offset` on with `[3, side, side]` and returns where its faces are. `next` gives the picture of each tile in turn. */
export function composeSample(
  next: () => SourcePicture,
  side: number,
  target: { readonly values: Uint8Array; readonly offset: number },
  options: CompositionOptions,
  random: Random,
): TargetFaces {
  const [four, sixteen] = options.mosaic;
  const drawn = random.next();
  const perSide = drawn < sixteen ? 4 : drawn < sixteen + four ? 2 : 1;
  const size = side / perSide;
  const faces: AnnotatedFace[] = [];
  const ignored: Box[] = [];
  for (let tile = 0; tile < perSide * perSide; tile++) {
    const source = next();
    const placing = placePicture(source.described, size, options, random);
    const [left, top] = [(tile % perSide) * size, Math.floor(tile / perSide) * size];
    warpTile(source.picture, placing.map, { ...target, side, left, top, size }, random.integer(256));
    const found = facesInTile(source.described, placing, size);
    const shift = ([x, y, width, height]: Box): Box => [x + left, y + top, width, height];
    for (const { box, points } of found.faces) {
      const moved = points?.map((at, i) => at + (i % 2 === 0 ? left : top)) ?? null;
      const face = { box: shift(box), points: moved };
      faces.push(face);
      if (random.next() < options.occlusion) cover(face.box, side, target, random);
    }
    for (const box of found.ignored) ignored.push(shift(box));
  }
  return { faces, ignored };
}

/** How a picture lies in its tile. */
interface Placing {
  /** From tile to picture. */
  readonly map: TileMap;
  /** From picture to tile. */
  readonly forward: TileMap;
  readonly isMirrored: boolean;
}

function placePicture(described: FacePicture, size: number, options: CompositionOptions, random: Random): Placing {
  const { width, height, faces } = described;
  const isMirrored = random.next() < options.flip;
  const angle = (random.between(-1, 1) * options.rotation * Math.PI) / 180;
  const stretch = Math.exp(random.between(-1, 1) * Math.log1p(options.stretch));
  const face = faces.length === 0 ? undefined : faces[random.integer(faces.length)]!;
  // Never so small that most of the tile is empty.
  const smallest = (0.8 * size) / Math.max(width, height);
  const [low, high] = options.faceSizes.map(Math.log) as [number, number];
  const wanted =
    face === undefined
      ? smallest * Math.exp(random.between(0, Math.log(4)))
      : Math.exp(random.between(low, Math.max(low, Math.min(high, Math.log(size))))) /
        Math.sqrt(face.box[2] * face.box[3]);
  const scale = Math.min(largestScale, Math.max(smallest, wanted));
  const [scaleX, scaleY] = [(isMirrored ? -1 : 1) * scale * Math.sqrt(stretch), scale / Math.sqrt(stretch)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Scaled about the picture's middle, then turned, then moved: the middle goes to where the tile stays as full as it can.
  const [middleX, middleY] = [width / 2, height / 2];
  const room = (length: number): number => {
    const free = size - length * scale;
    return size / 2 + random.between(-0.5, 0.5) * Math.abs(free);
  };
  const [a, b, d, e] = [cos * scaleX, -sin * scaleY, sin * scaleX, cos * scaleY];
  const about = (x: number, y: number): TileMap => [
    ...([a, b, x - a * middleX - b * middleY] as const),
    ...([d, e, y - d * middleX - e * middleY] as const),
  ];
  let forward = about(room(width), room(height));
  // The chosen face should be in the tile: some tries are enough for nearly all.
  for (let attempt = 0; attempt < 8 && face !== undefined; attempt++) {
    const [x, y] = apply(forward, face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2);
    const margin = 0.4 * scale * Math.sqrt(face.box[2] * face.box[3]);
    const isInside = (at: number): boolean => at > Math.min(margin, size / 2) && at < Math.max(size - margin, size / 2);
    if (isInside(x) && isInside(y)) break;
    forward = about(room(width), room(height));
  }
  const determinant = a * e - b * d;
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  const [, , c, , , f] = forward;
  return { forward, isMirrored, map: [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)] };
}

function apply([a, b, c, d, e, f]: TileMap, x: number, y: number): [number, number] {
  return [a * x + b * y + c, d * x + e * y + f];
}

function facesInTile({ faces, unsure }: FacePicture, placing: Placing, size: number): TargetFaces {
  const all = [...faces, ...unsure.filter(({ score }) => score >= sureScore)];
  const found: AnnotatedFace[] = [];
  const ignored: Box[] = [];
  for (const { score, box } of unsure) if (score < sureScore) addClipped(ignored, placeBox(box, placing), size);
  for (const { box, points } of all) {
    const placed = placeBox(box, placing);
    const visible = clip(placed, size);
    if (visible === undefined) continue;
    const share = (visible[2] * visible[3]) / (placed[2] * placed[3]);
    if (share < visibleShare || Math.sqrt(visible[2] * visible[3]) < smallestFace) ignored.push(visible);
    else found.push({ box: visible, points: points === null ? null : placePoints(points, placing) });
  }
  return { faces: found, ignored };
}

function addClipped(boxes: Box[], box: Box, size: number): void {
  const visible = clip(box, size);
  if (visible !== undefined) boxes.push(visible);
}

/** The box around the turned ellipse that the old box was around. */
function placeBox([left, top, width, height]: Box, { forward }: Placing): Box {
  const [a, b, , d, e] = forward;
  const [x, y] = apply(forward, left + width / 2, top + height / 2);
  const [w, h] = [Math.hypot(a * width, b * height), Math.hypot(d * width, e * height)];
  return [x - w / 2, y - h / 2, w, h];
}

function placePoints(points: readonly number[], { forward, isMirrored }: Placing): number[] {
  const placed = [0, 1, 2, 3].map((i) => apply(forward, points[2 * i]!, points[2 * i + 1]!));
  // In the mirror the left eye is the right one.
  const order = isMirrored ? [1, 0, 2, 3] : [0, 1, 2, 3];
  return order.flatMap((i) => placed[i]!);
}

/** The part of a box in the square `0..size`; undefined when there is none. */
function clip([left, top, width, height]: Box, size: number): Box | undefined {
  const [x, y] = [Math.max(0, left), Math.max(0, top)];
  const [w, h] = [Math.min(size, left + width) - x, Math.min(size, top + height) - y];
  return w > 0 && h > 0 ? [x, y, w, h] : undefined;
}

/** A patch of one colour and some noise over a part of a face. */
function cover(
  [left, top, width, height]: Box,
  side: number,
  { values, offset }: { readonly values: Uint8Array; readonly offset: number },
  random: Random,
): void {
  const [w, h] = [width * random.between(0.3, 1), height * random.between(0.2, 0.45)];
  const x0 = Math.max(0, Math.round(left + random.next() * (width - w)));
  const y0 = Math.max(0, Math.round(top + random.next() * (height - h)));
  const [x1, y1] = [Math.min(side, Math.round(x0 + w)), Math.min(side, Math.round(y0 + h))];
  const spread = random.integer(60);
  for (let channel = 0; channel < 3; channel++) {
    const level = random.integer(256);
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const value = level + ((x * 7 + y * 13) % (spread + 1)) - spread / 2;
        values[offset + (channel * side + y) * side + x] = Math.max(0, Math.min(255, value));
      }
    }
  }
}
