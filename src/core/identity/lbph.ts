// Local binary patterns histograms, the face recogniser of Ahonen et al. (2004), bit-identical to OpenCV 4.6's
// cv2.face.LBPHFaceRecognizer: the same histograms, labels and distances.
import { PeopleError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { ChiSquareIndex, type SparseHistogram, toSparse } from './chi-square-index.js';
import { localBinaryPatterns } from './local-binary-patterns.js';

/** OpenCV's options, with OpenCV's meaning. */
export interface LbphOptions {
  /** Of the circle around each pixel, in pixels; default 1. */
  readonly radius?: number;
  /** Points on the circle, 1..16; default 8. */
  readonly neighbors?: number;
  /** Cells across; default 8. */
  readonly gridX?: number;
  /** Cells down; default 8. */
  readonly gridY?: number;
  /** Faces at this distance or more are unknown; default Number.MAX_VALUE, OpenCV's "no threshold". */
  readonly threshold?: number;
}

/** A grey face with its person's label, a 32-bit integer. */
export interface LabelledFace {
  readonly picture: GreyPicture;
  readonly label: number;
}

/** `label` -1 with distance Number.MAX_VALUE means unknown. */
export interface LbphPrediction {
  readonly label: number;
  readonly distance: number;
}

/** The stored state of a recogniser. */
export interface LbphState {
  readonly options: Required<LbphOptions>;
  readonly labels: readonly number[];
  /** One per label, of gridX x gridY x 2^neighbors values. */
  readonly histograms: readonly Float32Array[];
  readonly labelNames?: ReadonlyMap<number, string>;
  /** Size of the training pictures, when known: probes must then have it. */
  readonly pictureSize?: { readonly width: number; readonly height: number };
}

export const lbphLimits = { radius: 64, neighbors: 16, grid: 256, bins: 1 << 22 } as const;

/** The nearest-neighbour recogniser. Grey pictures of one size go in; every error is a PeopleError. */
export class LbphRecogniser {
  readonly radius: number;
  readonly neighbors: number;
  readonly gridX: number;
  readonly gridY: number;
  threshold: number;
  /** Names of labels, OpenCV's labelsInfo. */
  readonly labelNames = new Map<number, string>();
  readonly #labels: number[] = [];
  readonly #sparse: SparseHistogram[] = [];
  #index: ChiSquareIndex | undefined;
  #size: { readonly width: number; readonly height: number } | undefined;

  private constructor(options: LbphOptions) {
    const { radius = 1, neighbors = 8, gridX = 8, gridY = 8, threshold = Number.MAX_VALUE } = options;
    mustBeWhole('radius', radius, 1, lbphLimits.radius);
    mustBeWhole('neighbors', neighbors, 1, lbphLimits.neighbors);
    mustBeWhole('gridX', gridX, 1, lbphLimits.grid);
    mustBeWhole('gridY', gridY, 1, lbphLimits.grid);
    if (Number.isNaN(threshold)) throw new PeopleError('the threshold must be a number; found NaN');
    const bins = gridX * gridY * 2 ** neighbors;
    if (bins > lbphLimits.bins) {
      throw new PeopleError(
        `a histogram must have at most ${lbphLimits.bins} bins; ${gridX} x ${gridY} cells with ${neighbors} neighbours give ${bins}; use fewer`,
      );
    }
    this.radius = radius;
    this.neighbors = neighbors;
    this.gridX = gridX;
    this.gridY = gridY;
    this.threshold = threshold;
  }

  /** Trains a recogniser on these faces. */
  static train(faces: readonly LabelledFace[], options: LbphOptions = {}): LbphRecogniser {
    const recogniser = new LbphRecogniser(options);
    if (faces.length === 0) throw new PeopleError('training needs at least one face and got none; add pictures');
    recogniser.update(faces);
    return recogniser;
  }

  /** Restores a saved recogniser. */
  static restore(state: LbphState): LbphRecogniser {
    const recogniser = new LbphRecogniser(state.options);
    const { labels, histograms } = state;
    if (labels.length !== histograms.length || labels.length === 0) {
      throw new PeopleError(
        `a recogniser must have as many labels as histograms, at least one; found ${labels.length} and ${histograms.length}`,
      );
    }
    histograms.forEach((histogram, i) => {
      if (histogram.length !== recogniser.binCount) {
        throw new PeopleError(
          `histogram ${i} must have ${recogniser.binCount} values for its grid and neighbours; it has ${histogram.length}`,
        );
      }
      // NaN fails both comparisons.
      if (!histogram.every((value) => value >= 0 && value <= 1)) {
        throw new PeopleError(`histograms must hold shares from 0 to 1; histogram ${i} does not`);
      }
      mustBeWhole(`label ${i}`, labels[i]!, -(2 ** 31), 2 ** 31 - 1);
      recogniser.#add(labels[i]!, histogram);
    });
    for (const [label, name] of state.labelNames ?? []) {
      mustBeWhole('a named label', label, -(2 ** 31), 2 ** 31 - 1);
      recogniser.labelNames.set(label, name);
    }
    recogniser.#size = state.pictureSize;
    return recogniser;
  }

  /** Adds faces to the gallery; when one does not fit, none is added. */
  update(faces: readonly LabelledFace[]): void {
    const size = this.#size ?? faces[0]?.picture;
    const histograms = faces.map(({ picture, label }, i) => {
      mustBeWhole(`the label of face ${i + 1}`, label, -(2 ** 31), 2 ** 31 - 1);
      mustMatch(picture, size, `face ${i + 1}`);
      return this.describe(picture);
    });
    if (size) this.#size = { width: size.width, height: size.height };
    histograms.forEach((histogram, i) => {
      this.#add(faces[i]!.label, histogram);
    });
  }

  /** The nearest known face's label, as OpenCV's predict; unknown when none is nearer than the threshold. */
  predict(picture: GreyPicture): LbphPrediction {
    const { label, distance } = this.nearest(picture);
    return distance < this.threshold && distance < Number.MAX_VALUE
      ? { label, distance }
      : { label: -1, distance: Number.MAX_VALUE };
  }

  /** The nearest known face, regardless of the threshold; the first on a tie. */
  nearest(picture: GreyPicture): LbphPrediction {
    const distances = this.distances(picture);
    let best = 0;
    for (let i = 1; i < distances.length; i++) if (distances[i]! < distances[best]!) best = i;
    return { label: this.#labels[best]!, distance: distances[best]! };
  }

  /** The distance to every known face, in the order they were added. */
  distances(picture: GreyPicture): Float64Array {
    mustMatch(picture, this.#size, 'the picture');
    return this.#distancesTo(this.describe(picture));
  }

  /** The distances of known face `i` to every known face (to itself 0). */
  distancesBetween(i: number): Float64Array {
    return this.#distancesTo(this.histogram(i));
  }

  /** The picture's histogram: gridX x gridY cells row by row, 2^neighbors shares of the cell's pixels each. */
  describe(picture: GreyPicture): Float32Array {
    const { radius, neighbors, gridX, gridY } = this;
    const { width, height, channels, data } = picture;
    if (channels !== 1 || data.length !== width * height) {
      throw new PeopleError(`faces must be grey, one channel; found ${channels} channels; convert them first`);
    }
    const columns = width - 2 * radius;
    const rows = height - 2 * radius;
    if (columns < gridX || rows < gridY) {
      throw new PeopleError(
        `faces must be at least ${gridX + 2 * radius}x${gridY + 2 * radius} pixels for a ${gridX}x${gridY} grid and radius ${radius}; found ${width}x${height}`,
      );
    }
    return cellShares(localBinaryPatterns(picture, radius, neighbors), columns, rows, this);
  }

  get count(): number {
    return this.#labels.length;
  }

  get labels(): readonly number[] {
    return this.#labels;
  }

  get binCount(): number {
    return this.gridX * this.gridY * 2 ** this.neighbors;
  }

  /** Size of the training pictures; undefined for a file that does not record it. */
  get pictureSize(): { readonly width: number; readonly height: number } | undefined {
    return this.#size;
  }

  /** The histogram of known face `i`. */
  histogram(i: number): Float32Array {
    const sparse = this.#sparse[i];
    if (!sparse) throw new RangeError(`histogram: there are ${this.count} faces, and no number ${i}`);
    const histogram = new Float32Array(this.binCount);
    sparse.bins.forEach((bin, k) => {
      histogram[bin] = sparse.values[k]!;
    });
    return histogram;
  }

  #add(label: number, histogram: Float32Array): void {
    this.#labels.push(label);
    this.#sparse.push(toSparse(histogram));
    this.#index = undefined;
  }

  #distancesTo(histogram: Float32Array): Float64Array {
    this.#index ??= new ChiSquareIndex(this.#sparse, this.binCount);
    return this.#index.distances(histogram);
  }
}

/** Counts the patterns per cell; pixels beyond the grid on the right and below are left out, as in OpenCV. */
function cellShares(
  patterns: Int32Array,
  columns: number,
  rows: number,
  { gridX, gridY, neighbors }: { gridX: number; gridY: number; neighbors: number },
): Float32Array {
  const cellWidth = Math.floor(columns / gridX);
  const cellHeight = Math.floor(rows / gridY);
  const bins = 2 ** neighbors;
  const shares = new Float32Array(gridX * gridY * bins);
  for (let y = 0; y < cellHeight * gridY; y++) {
    const cellRow = Math.floor(y / cellHeight) * gridX;
    for (let cellX = 0, i = y * columns; cellX < gridX; cellX++) {
      const start = (cellRow + cellX) * bins;
      for (const end = i + cellWidth; i < end; i++) shares[start + patterns[i]!]!++;
    }
  }
  // OpenCV multiplies by the rounded reciprocal; a division would round differently.
  const share = Math.fround(1 / (cellWidth * cellHeight));
  for (let i = 0; i < shares.length; i++) if (shares[i] !== 0) shares[i] = shares[i]! * share;
  return shares;
}

function mustBeWhole(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new PeopleError(`${what} must be a whole number from ${least} to ${most}; found ${value}`);
  }
}

function mustMatch(
  picture: GreyPicture,
  size: { readonly width: number; readonly height: number } | undefined,
  which: string,
): void {
  if (size && (picture.width !== size.width || picture.height !== size.height)) {
    throw new PeopleError(
      `all faces must have one size, here ${size.width}x${size.height}; ${which} is ${picture.width}x${picture.height}; resize it first`,
    );
  }
}
