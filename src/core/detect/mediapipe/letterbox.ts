// Fits a picture into a network's square input: area-averaged, centred, black around, RGB planes in -1..1.
import type { Picture, Point } from '../../image/picture.js';
import { type AxisWeights, axisWeights, weightRows } from '../../image/resize.js';

/** Keeps its buffers between pictures; `data` holds [1, 3, size, size] for the picture filled last. */
export class Letterbox {
  readonly size: number;
  readonly data: Float32Array;
  #pictureWidth = 0;
  #pictureHeight = 0;
  #columns: AxisWeights = axisWeights(1, 1);
  #rows: AxisWeights = axisWeights(1, 1);
  #left = 0;
  #top = 0;
  #row = new Float32Array(0);

  constructor(size: number) {
    this.size = size;
    this.data = new Float32Array(3 * size * size);
  }

  /** Writes the picture into `data`. Throws RangeError for an empty picture. */
  fill(picture: Picture): void {
    this.#fit(picture);
    const { channels } = picture;
    const stride = picture.width * channels;
    if (this.#row.length !== stride) this.#row = new Float32Array(stride);
    const row = this.#row;
    const rows = this.#rows;
    for (let y = 0; y < rows.first.length; y++) {
      weightRows(picture.data, stride, rows, y, row);
      writeRow(row, channels, this.#columns, this.data, (this.#top + y) * this.size + this.#left, this.size ** 2);
    }
  }

  /** A point of the network's input, 0..1 on both axes, in pixels of the picture filled last. */
  toPicture(x: number, y: number): Point {
    return [
      ((x * this.size - this.#left) * this.#pictureWidth) / this.#columns.first.length,
      ((y * this.size - this.#top) * this.#pictureHeight) / this.#rows.first.length,
    ];
  }

  #fit({ width, height }: Picture): void {
    if (width === this.#pictureWidth && height === this.#pictureHeight) return;
    const scale = this.size / Math.max(width, height);
    this.#columns = axisWeights(width, Math.max(1, Math.round(width * scale)));
    this.#rows = axisWeights(height, Math.max(1, Math.round(height * scale)));
    this.#left = Math.floor((this.size - this.#columns.first.length) / 2);
    this.#top = Math.floor((this.size - this.#rows.first.length) / 2);
    this.data.fill(-1);
    this.#pictureWidth = width;
    this.#pictureHeight = height;
  }
}

/** Averages the columns of one row of sums into the three planes of `out`, from index `start`, as -1..1. */
function writeRow(
  row: Float32Array,
  channels: number,
  { first, weights, taps }: AxisWeights,
  out: Float32Array,
  start: number,
  plane: number,
): void {
  // Grey pictures feed the same channel three times; alpha is left out.
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  for (let x = 0; x < first.length; x++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let from = first[x]! * channels;
    for (let t = x * taps, end = t + taps; t < end; t++, from += channels) {
      const weight = weights[t]!;
      r += weight * row[from]!;
      g += weight * row[from + green]!;
      b += weight * row[from + blue]!;
    }
    const at = start + x;
    out[at] = r / 127.5 - 1;
    out[at + plane] = g / 127.5 - 1;
    out[at + 2 * plane] = b / 127.5 - 1;
  }
}
