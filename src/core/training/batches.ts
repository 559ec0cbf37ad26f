// Makes training and validation batches. Every batch is a function of (seed, epoch, number), so a resumed run sees the same ones.

import type { Mask } from '../nn/layers/layer.js';
import { createRandom } from '../numbers/random.js';
import { type Augmentation, augment, type CropTarget, centreCrop, type SourcePicture } from './augmentation.js';
import type { Batch } from './batch.js';
import { drawMask } from './draw-mask.js';
import { type MixupOptions, mixup } from './mixup.js';

/** Pictures and classes that batches are drawn from. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  /** All pictures, `count * height * width`. */
  readonly pixels: Uint8Array;
  /** The class of every picture. */
  readonly classes: Uint8Array;
  /** The pictures in use: numbers into the two above. */
  readonly indices: Int32Array;
  /** Soft labels of every picture, `[count, classes]`, rows sum to 1 (votes of several people, say); undefined for none. */
  readonly softLabels?: Float32Array | undefined;
  /** Votes of every picture for the auxiliary head, `[count, kinds]`, rows sum to 1; undefined for none. */
  readonly votes?: Float32Array | undefined;
}

/** A stretch of epochs with smaller pictures, at the beginning of a run. */
export interface ProgressiveStage {
  /** Height and width of the crops, pixels. */
  readonly side: number;
  readonly epochs: number;
}

export interface BatchOptions {
  readonly samples: Samples;
  /** The part of the pictures that the network sees, pixels: the crops' size once the progressive stages are over. */
  readonly view: { readonly width: number; readonly height: number };
  readonly classCount: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly labelSmoothing: number;
  /** Share of the soft labels in the targets; the rest is the label's own. */
  readonly softLabelWeight: number;
  /** Weight of the auxiliary head's loss beside the main one's. */
  readonly auxiliaryWeight: number;
  /** Weight of each class in the loss; null for 1 each. */
  readonly classWeights: readonly number[] | null;
  readonly mixup: MixupOptions | null;
  readonly augmentation: Augmentation | null;
  readonly progressive: readonly ProgressiveStage[];
  readonly masks: readonly Mask[];
}

/** What the trainer needs of its batches; worker threads offer the same. */
export interface BatchSource {
  readonly perEpoch: number;
  /** Batch `number` of `epoch`, both from 0. */
  batch(epoch: number, number: number): Batch | Promise<Batch>;
  /** Ends what it holds; no batch can be asked for afterwards. */
  release(): Promise<void>;
}

/** Batches of samples with one class each. */
export interface ClassBatchSource extends BatchSource {
  /** The classes of a batch's samples, in its order. */
  classes(epoch: number, number: number): Uint8Array;
}

/** Starts a source of batches, wherever they are made; `threads`: how many may make them at the same time. */
export type StartBatches = (options: BatchOptions, threads: number) => ClassBatchSource;

// Streams of one seed: what is drawn for one purpose does not depend on another.
const streams = { order: 1, pixels: 2, masks: 3, mixup: 4 } as const;

/** Training batches of a fixed size; the rest of an epoch that fills no batch is left out (the order changes each epoch). */
export class TrainingBatches implements ClassBatchSource {
  readonly #options: BatchOptions;
  #order: { epoch: number; indices: Int32Array } | undefined;

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  get perEpoch(): number {
    return Math.floor(this.#options.samples.indices.length / this.#options.batchSize);
  }

  classes(epoch: number, number: number): Uint8Array {
    const { samples } = this.#options;
    return Uint8Array.from(this.#rows(epoch, number), (row) => samples.classes[row]!);
  }

  batch(epoch: number, number: number): Batch {
    const { samples, view, batchSize: size, seed, augmentation } = this.#options;
    const random = createRandom(seed, streams.pixels, epoch, number);
    const crop = cropAt(view, this.#options.progressive, epoch);
    const area = crop.width * crop.height;
    const pixels = new Float32Array(size * area);
    const rows = this.#rows(epoch, number);
    rows.forEach((row, i) => {
      const source = pictureAt(samples, row);
      const target: CropTarget = { values: pixels, offset: i * area, ...crop, view };
      if (augmentation === null) centreCrop(source, target);
      else augment(source, target, augmentation, random);
    });
    const targets = this.#targets(rows);
    const votes = this.#votes(rows);
    const { mixup: mixing, masks } = this.#options;
    if (mixing !== null) {
      const arrays = votes === undefined ? [pixels, targets] : [pixels, targets, votes];
      mixup(arrays, size, mixing, createRandom(seed, streams.mixup, epoch, number));
    }
    return {
      size,
      side: crop.width,
      pixels,
      targets,
      votes,
      masks: masks.map((mask, i) => drawMask(mask, size, createRandom(seed, streams.masks, epoch, number, i))),
    };
  }

  async release(): Promise<void> {}

  #targets(rows: Int32Array): Float32Array {
    const { samples, classCount, batchSize, labelSmoothing, softLabelWeight, classWeights } = this.#options;
    const { softLabels } = samples;
    const targets = new Float32Array(batchSize * classCount);
    const share = softLabels === undefined ? 0 : softLabelWeight;
    rows.forEach((row, i) => {
      const label = samples.classes[row]!;
      const weight = classWeights?.[label] ?? 1;
      for (let c = 0; c < classCount; c++) {
        const hard = (c === label ? 1 - labelSmoothing : 0) + labelSmoothing / classCount;
        const soft = share === 0 ? 0 : share * softLabels![row * classCount + c]!;
        targets[i * classCount + c] = weight * ((1 - share) * hard + soft);
      }
    });
    return targets;
  }

  #votes(rows: Int32Array): Float32Array | undefined {
    const { samples, auxiliaryWeight } = this.#options;
    const { votes, classes } = samples;
    if (votes === undefined) return undefined;
    const kinds = votes.length / classes.length;
    const chosen = new Float32Array(rows.length * kinds);
    rows.forEach((row, i) => {
      for (let k = 0; k < kinds; k++) chosen[i * kinds + k] = auxiliaryWeight * votes[row * kinds + k]!;
    });
    return chosen;
  }

  #rows(epoch: number, number: number): Int32Array {
    if (this.#order?.epoch !== epoch) {
      const random = createRandom(this.#options.seed, streams.order, epoch);
      this.#order = { epoch, indices: random.shuffle(this.#options.samples.indices.slice()) };
    }
    const from = number * this.#options.batchSize;
    return this.#order.indices.subarray(from, from + this.#options.batchSize);
  }
}

/** The crops' size in an epoch, from 0. */
export function cropAt(
  view: BatchOptions['view'],
  progressive: readonly ProgressiveStage[],
  epoch: number,
): { readonly width: number; readonly height: number } {
  let begun = 0;
  for (const { side, epochs } of progressive) {
    begun += epochs;
    if (epoch < begun) return { width: side, height: side };
  }
  return view;
}

/** Un-augmented crops of samples `from..to`, `[to - from, 1, height, width]`. */
export function validationCrops(samples: Samples, view: { width: number; height: number }, from: number, to: number) {
  const area = view.width * view.height;
  const values = new Float32Array((to - from) * area);
  for (let i = from; i < to; i++) {
    centreCrop(pictureAt(samples, samples.indices[i]!), { values, offset: (i - from) * area, ...view, view });
  }
  return values;
}

function pictureAt({ pixels, width, height }: Samples, row: number): SourcePicture {
  return { pixels, offset: row * width * height, width, height };
}
