// The face detector of the study case: a Haar cascade over a pyramid of scales, box for box OpenCV's detectMultiScale.
import { ConfigError } from '../../errors.js';
import { toGrey } from '../../image/grey.js';
import type { Box, GreyPicture, Picture } from '../../image/picture.js';
import type { Face, FaceDetector } from '../face.js';
import type { HaarCascade } from './cascade.js';
import { groupBoxes } from './group-boxes.js';
import { integralImages } from './integral-images.js';
import { resizeLinearExact } from './resize-linear-exact.js';
import { roundHalfEven } from './round-half-even.js';
import { scanCascade } from './scan-cascade.js';

/** Those of the options that are not given. */
export const defaultHaar = { scaleFactor: 1.1, minNeighbors: 5 } as const;

export interface HaarOptions {
  /** Ratio of two neighbouring scales; above 1, default 1.1. */
  readonly scaleFactor?: number;
  /** Overlapping detections that a face needs besides the first; default 5. 0 returns all of them. */
  readonly minNeighbors?: number;
  /** Smallest and largest side of a face, pixels; default the cascade's window and the picture. */
  readonly minSize?: number;
  readonly maxSize?: number;
}

/** Finds upright frontal faces. It gives no key points, and 1 as score: a cascade has no probability. */
export class HaarDetector implements FaceDetector {
  readonly #cascade: HaarCascade;
  readonly #options: Required<HaarOptions>;

  /** Throws ConfigError for options out of range. */
  constructor(cascade: HaarCascade, options: HaarOptions = {}) {
    const { minSize = 0, maxSize = Number.POSITIVE_INFINITY } = options;
    const { scaleFactor = defaultHaar.scaleFactor, minNeighbors = defaultHaar.minNeighbors } = options;
    if (!(scaleFactor >= 1.01 && scaleFactor <= 4)) {
      throw new ConfigError(
        `the scale factor of a cascade must be 1.01 to 4 and is ${scaleFactor}; ${defaultHaar.scaleFactor} is usual`,
      );
    }
    if (!Number.isInteger(minNeighbors) || minNeighbors < 0) {
      throw new ConfigError(
        `the neighbours of a find must be a whole number, 0 or more, and are ${minNeighbors}; ${defaultHaar.minNeighbors} is usual`,
      );
    }
    if (!(minSize >= 0 && maxSize > 0 && minSize <= maxSize)) {
      throw new ConfigError(`faces must be from the smallest to the largest size, and ${minSize} to ${maxSize} is not`);
    }
    this.#cascade = cascade;
    this.#options = { scaleFactor, minNeighbors, minSize, maxSize };
  }

  async detect(picture: Picture): Promise<Face[]> {
    const boxes = this.boxesIn(toGrey(picture));
    return boxes.map((box) => ({ box, score: 1, keypoints: null }));
  }

  async release(): Promise<void> {}

  /** What OpenCV's `detectMultiScale` returns for the grey picture: whole numbers, inside the picture. */
  boxesIn(picture: GreyPicture): Box[] {
    const { width, height } = this.#cascade;
    const found: Box[] = [];
    for (const scale of this.#scalesFor(picture)) {
      const side = (of: number): number => roundHalfEven(Math.fround(of * scale));
      const [boxWidth, boxHeight] = [side(width), side(height)];
      const scaled = resizeLinearExact(
        picture,
        roundHalfEven(Math.fround(picture.width / scale)),
        roundHalfEven(Math.fround(picture.height / scale)),
      );
      scanCascade(this.#cascade, integralImages(scaled), scale >= 2 ? 1 : 2, (x, y) => {
        found.push([side(x), side(y), boxWidth, boxHeight]);
      });
    }
    return groupBoxes(found, this.#options.minNeighbors).flatMap(({ box }) => clip(box, picture));
  }

  /** Float32 numbers, ascending. */
  #scalesFor(picture: Picture): number[] {
    const { scaleFactor, minSize, maxSize } = this.#options;
    const { width, height } = this.#cascade;
    const all: number[] = [];
    for (let factor = 1; ; factor *= scaleFactor) {
      if (roundHalfEven(width * factor) > picture.width || roundHalfEven(height * factor) > picture.height) break;
      all.push(Math.fround(factor));
    }
    return all.filter((scale) => {
      const [w, h] = [width, height].map((of) => roundHalfEven(Math.fround(of * scale))) as [number, number];
      return w >= minSize && h >= minSize && w <= maxSize && h <= maxSize;
    });
  }
}

/** The part of the box inside the picture; none when nothing is. */
function clip([x, y, width, height]: Box, picture: Picture): Box[] {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(picture.width, x + width), Math.min(picture.height, y + height)];
  return right > left && bottom > top ? [[left, top, right - left, bottom - top]] : [];
}
