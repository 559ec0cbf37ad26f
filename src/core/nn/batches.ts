// Makes training and validation batches. Every batch is a function of (seed, epoch, number), so a resumed run sees the same ones.
import { createRandom } from '../tensor/random.js';
import { type Augmentation, augment, type CropTarget, centreCrop, type SourcePicture } from './augmentation.js';
import type { Batch } from './engine.js';
import { elements, type Mask } from './layer.js';

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
}

export interface BatchOptions {
  readonly samples: Samples;
  readonly crop: { readonly width: number; readonly height: number };
  readonly classCount: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | null;
  readonly masks: readonly Mask[];
}

// Streams of one seed: what is drawn for one purpose does not depend on another.
const streams = { order: 1, pixels: 2, masks: 3 } as const;

/** Training batches of a fixed size; the rest of an epoch that fills no batch is left out (the order changes each epoch). */
export class TrainingBatches {
  readonly #options: BatchOptions;
  #order: { epoch: number; indices: Int32Array } | undefined;

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  get perEpoch(): number {
    return Math.floor(this.#options.samples.indices.length / this.#options.batchSize);
  }

  /** The classes of a batch's samples, in its order. */
  classes(epoch: number, number: number): Uint8Array {
    const { samples } = this.#options;
    return Uint8Array.from(this.#rows(epoch, number), (row) => samples.classes[row]!);
  }

  /** Batch `number` of `epoch`, both from 0. */
  batch(epoch: number, number: number): Batch {
    const { samples, crop, batchSize, seed, augmentation } = this.#options;
    const random = createRandom(seed, streams.pixels, epoch, number);
    const area = crop.width * crop.height;
    const pixels = new Float32Array(batchSize * area);
    this.#rows(epoch, number).forEach((row, i) => {
      const source = pictureAt(samples, row);
      const target: CropTarget = { values: pixels, offset: i * area, ...crop };
      if (augmentation === null) centreCrop(source, target);
      else augment(source, target, augmentation, random);
    });
    return {
      size: batchSize,
      pixels,
      targets: this.#targets(epoch, number),
      masks: this.#options.masks.map((mask, i) => drawMask(mask, batchSize, [seed, streams.masks, epoch, number, i])),
    };
  }

  #targets(epoch: number, number: number): Float32Array {
    const { classCount, batchSize, labelSmoothing } = this.#options;
    const targets = new Float32Array(batchSize * classCount).fill(labelSmoothing / classCount);
    this.classes(epoch, number).forEach((label, i) => {
      targets[i * classCount + label] = 1 - labelSmoothing + labelSmoothing / classCount;
    });
    return targets;
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

/** Un-augmented crops of samples `from..to`, `[to - from, 1, height, width]`. */
export function validationCrops(samples: Samples, crop: { width: number; height: number }, from: number, to: number) {
  const area = crop.width * crop.height;
  const values = new Float32Array((to - from) * area);
  for (let i = from; i < to; i++) {
    centreCrop(pictureAt(samples, samples.indices[i]!), { values, offset: (i - from) * area, ...crop });
  }
  return values;
}

function pictureAt({ pixels, width, height }: Samples, row: number): SourcePicture {
  return { pixels, offset: row * width * height, width, height };
}

/** Bernoulli mask at a resolution of 1/65536; two elements take one random number, since this is on the training path. */
function drawMask({ shape, rate }: Mask, batch: number, [seed, ...stream]: [number, ...number[]]): Float32Array {
  const random = createRandom(seed, ...stream);
  const dropped = Math.round(rate * 65536);
  const scale = 65536 / (65536 - dropped);
  const values = new Float32Array(batch * elements(shape));
  for (let i = 0; i < values.length; i += 2) {
    const bits = random.uint32();
    values[i] = (bits & 0xffff) < dropped ? 0 : scale;
    values[i + 1] = bits >>> 16 < dropped ? 0 : scale;
  }
  return values;
}
