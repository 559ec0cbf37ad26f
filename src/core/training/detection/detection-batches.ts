// Training batches of a detector. Every batch is a function of (seed, epoch, number), so a resumed run sees the same ones.

import type { FacePicture } from '../../dataset/face-pictures.js';
import { countPlaces, targetChannels } from '../../detect/places/places.js';
import type { Picture } from '../../image/picture.js';
import { createRandom } from '../../numbers/random.js';
import type { Batch } from '../batch.js';
import type { BatchSource } from '../batches.js';
import { assignTargets } from './assign-targets.js';
import { type ColourOptions, changeColours } from './change-colours.js';
import { type CompositionOptions, composeSample } from './compose-sample.js';

/** How much each part of the loss counts. */
export interface LossShares {
  readonly score: number;
  readonly box: number;
  readonly points: number;
}

export interface DetectionBatchOptions {
  /** What is known of all pictures. */
  readonly pictures: readonly FacePicture[];
  /** Those in use: numbers into `pictures`. */
  readonly indices: Int32Array;
  readonly batchSize: number;
  /** Of the samples, pixels. */
  readonly side: number;
  readonly seed: number;
  readonly composition: CompositionOptions;
  readonly colours: ColourOptions | null;
  readonly shares: LossShares;
}

/** Gives the pixels of a picture by its number. */
export type ReadPixels = (index: number) => Picture;

const streams = { order: 1, samples: 2 } as const;

/** An epoch shows every picture once as the first of a sample; the rest that fills no batch is left out. */
export class DetectionBatches implements BatchSource {
  readonly #options: DetectionBatchOptions;
  readonly #readPixels: ReadPixels;
  #order: { epoch: number; indices: Int32Array } | undefined;

  constructor(options: DetectionBatchOptions, readPixels: ReadPixels) {
    this.#options = options;
    this.#readPixels = readPixels;
  }

  get perEpoch(): number {
    return Math.floor(this.#options.indices.length / this.#options.batchSize);
  }

  batch(epoch: number, number: number): Batch {
    const { pictures, indices, batchSize: size, side, seed, composition, colours } = this.#options;
    const places = countPlaces(side, side);
    const pixels = new Uint8Array(size * 3 * side * side);
    const targets = new Float32Array(size * targetChannels.count * places);
    let answers = 0;
    for (let sample = 0; sample < size; sample++) {
      const random = createRandom(seed, streams.samples, epoch, number, sample);
      let first: number | undefined = this.#firstPicture(epoch, number * size + sample);
      const next = () => {
        const index = first ?? indices[random.integer(indices.length)]!;
        first = undefined;
        return { described: pictures[index]!, picture: this.#readPixels(index) };
      };
      const target = { values: pixels, offset: sample * 3 * side * side };
      const faces = composeSample(next, side, target, composition, random);
      if (colours !== null) changeColours(pixels, target.offset, side, colours, random);
      answers += assignTargets(faces, side, targets, sample * targetChannels.count * places);
    }
    // The graph divides by the batch's size; places that answer for a face should share 1 all together.
    this.#weigh(targets, places, size / Math.max(answers, size));
    return { size, side, pixels, targets, masks: [] };
  }

  async release(): Promise<void> {}

  #firstPicture(epoch: number, sample: number): number {
    if (this.#order?.epoch !== epoch) {
      const random = createRandom(this.#options.seed, streams.order, epoch);
      this.#order = { epoch, indices: random.shuffle(this.#options.indices.slice()) };
    }
    return this.#order.indices[sample]!;
  }

  #weigh(targets: Float32Array, places: number, share: number): void {
    const { score, box, points } = this.#options.shares;
    const factors = [
      [targetChannels.scoreWeight, score],
      [targetChannels.boxWeight, box],
      [targetChannels.pointsWeight, points],
    ] as const;
    const each = targetChannels.count * places;
    for (let offset = 0; offset < targets.length; offset += each) {
      for (const [channel, factor] of factors) {
        const from = offset + channel * places;
        for (let i = from; i < from + places; i++) targets[i]! *= factor * share;
      }
    }
  }
}
