// Which places answer for which face. The rule is static: a face belongs to the level of its size, and there to the places
// near its centre; a ring around them, and what nobody is sure of, is left out of the loss.

import type { AnnotatedFace } from '../../dataset/face-pictures.js';
import { countPlaces, type PlaceLevel, placeLevels, pointNames, targetChannels } from '../../detect/places/places.js';
import type { Box } from '../../image/picture.js';

/** A face's size is the root of its area, pixels. From these sizes on it belongs to the second and the third level. */
const levelSizes = [44, 100] as const;

/** Distances from a face's centre, as shares of its width and height: up to here a place answers for it ... */
const answersWithin = 0.22;
/** ... and up to here it need not say whether there is a face. */
const silentWithin = 0.4;

/** A face this close to another level's sizes (as a factor) leaves that level's places at its centre alone too. */
const levelTolerance = 1.4;

export interface TargetFaces {
  readonly faces: readonly AnnotatedFace[];
  /** Places inside are left out, whatever is there. */
  readonly ignored: readonly Box[];
}

/**
 * Writes the targets `[16, 1, places]` of one picture from `offset` on; weights are 1 or 0. The values there must be 0. Returns
 * how many places answer for a face.
 */
export function assignTargets(
  { faces, ignored }: TargetFaces,
  side: number,
  targets: Float32Array,
  offset: number,
): number {
  const levels = placeLevels(side, side);
  const places = countPlaces(side, side);
  const at = (channel: number, place: number): number => offset + channel * places + place;
  targets.fill(1, at(targetChannels.scoreWeight, 0), at(targetChannels.scoreWeight, places));
  for (const box of ignored) {
    for (const level of levels) {
      forPlaces(level, box, 0.5, (place) => {
        targets[at(targetChannels.scoreWeight, place)] = 0;
      });
    }
  }
  /** The face that each place answers for, and how near it is. */
  const answers = new Map<number, { face: AnnotatedFace; level: PlaceLevel; distance: number }>();
  for (const face of faces) {
    const size = Math.sqrt(face.box[2] * face.box[3]);
    levels.forEach((level, number) => {
      const [from, to] = [number === 0 ? 0 : levelSizes[number - 1]!, levelSizes[number] ?? Number.POSITIVE_INFINITY];
      if (size < from / levelTolerance || size >= to * levelTolerance) return;
      const isOwn = size >= from && size < to;
      forPlaces(level, face.box, silentWithin, (place) => {
        targets[at(targetChannels.scoreWeight, place)] = 0;
      });
      if (!isOwn) return;
      const claim = (place: number, distance: number): void => {
        const before = answers.get(place);
        if (before === undefined || distance < before.distance) answers.set(place, { face, level, distance });
      };
      // A small face may have no place so near: then the cell that its centre lies in.
      const nearest = placeOf(level, face.box[0] + face.box[2] / 2, face.box[1] + face.box[3] / 2);
      claim(nearest, 0);
      forPlaces(level, face.box, answersWithin, claim);
    });
  }
  for (const [place, { face, level }] of answers) {
    const { stride } = level;
    const [x, y] = centreOf(level, place);
    const set = (channel: number, value: number): void => {
      targets[at(channel, place)] = value;
    };
    set(targetChannels.score, 1);
    set(targetChannels.scoreWeight, 1);
    const [left, top, width, height] = face.box;
    [left - x, top - y, left + width - x, top + height - y].forEach((edge, i) => {
      set(targetChannels.edges + i, edge / stride);
    });
    set(targetChannels.boxWeight, 1);
    if (face.points === null) continue;
    for (let i = 0; i < 2 * pointNames.length; i++) {
      set(targetChannels.points + i, (face.points[i]! - (i % 2 === 0 ? x : y)) / stride);
    }
    set(targetChannels.pointsWeight, 1);
  }
  return answers.size;
}

/** Visits the places within `share` of a box' width and height from its centre, with their distance as such a share. */
function forPlaces(
  level: PlaceLevel,
  [left, top, width, height]: Box,
  share: number,
  visit: (place: number, distance: number) => void,
): void {
  const { stride, columns, rows, first } = level;
  const [x, y] = [left + width / 2, top + height / 2];
  const low = (centre: number, size: number): number => Math.max(0, Math.ceil((centre - share * size) / stride - 0.5));
  const high = (centre: number, size: number, count: number): number =>
    Math.min(count - 1, Math.floor((centre + share * size) / stride - 0.5));
  for (let row = low(y, height); row <= high(y, height, rows); row++) {
    for (let column = low(x, width); column <= high(x, width, columns); column++) {
      const [dx, dy] = [(column + 0.5) * stride - x, (row + 0.5) * stride - y];
      visit(first + row * columns + column, Math.max(Math.abs(dx) / width, Math.abs(dy) / height));
    }
  }
}

/** The place whose cell a point lies in, or the nearest to it. */
function placeOf({ stride, columns, rows, first }: PlaceLevel, x: number, y: number): number {
  const cell = (at: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(at / stride)));
  return first + cell(y, rows) * columns + cell(x, columns);
}

function centreOf({ stride, columns, first }: PlaceLevel, place: number): readonly [number, number] {
  const [row, column] = [Math.floor((place - first) / columns), (place - first) % columns];
  return [(column + 0.5) * stride, (row + 0.5) * stride];
}
