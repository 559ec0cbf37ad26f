// A face as a short vector that is nearer to those of the same person than to others': face chips in, embeddings out.
import type { ChipForm } from '../../detect/face-chip.js';
import { writePlanes } from '../../detect/places/write-planes.js';
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { finiteOutput } from '../../onnx/finite-output.js';
import { readModel } from '../../onnx/read-model.js';
import { defaultThreads, type OpenSession, type Session, type Tensor } from '../../ports/session.js';
import { type EmbeddingMetadata, embeddingMetadataOf } from './embedding-metadata.js';

export interface FaceEmbeddingOptions {
  /** Threads inside one operator; default 1. */
  readonly threads?: number;
}

/** Most chips in one run of the session, so that memory stays bounded whatever the caller passes. */
const maxBatch = 32;

export class FaceEmbedding {
  readonly metadata: EmbeddingMetadata;
  readonly #session: Session;

  private constructor(metadata: EmbeddingMetadata, session: Session) {
    this.metadata = metadata;
    this.#session = session;
  }

  /** Loads models/face-embedding.onnx or another model with such metadata. Throws ModelFormatError for any other file. */
  static async open(
    bytes: Uint8Array,
    openSession: OpenSession,
    options: FaceEmbeddingOptions = {},
  ): Promise<FaceEmbedding> {
    const metadata = embeddingMetadataOf(readModel(bytes));
    return new FaceEmbedding(metadata, await openSession(bytes, { threads: options.threads ?? defaultThreads }));
  }

  /**
   * The embeddings of face chips (`chipForm`), `metadata.output.length` numbers of unit length each, in their order. Chips may be grey,
   * RGB or RGBA. Throws RangeError for a chip of another size than `metadata.input`, ModelFormatError when the model does not give so
   * many finite numbers.
   */
  async embed(chips: readonly Picture[]): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    for (let start = 0; start < chips.length; start += maxBatch) {
      embeddings.push(...(await this.#embedBatch(chips.slice(start, start + maxBatch))));
    }
    return embeddings;
  }

  /** How faces are cut for it (detect/face-chip.ts). */
  get chipForm(): ChipForm {
    const { input, places } = this.metadata;
    return { width: input.width, height: input.height, places };
  }

  /** Frees the session; the embedding cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  async #embedBatch(chips: readonly Picture[]): Promise<Float32Array[]> {
    const { input, output } = this.metadata;
    const feed: Tensor = { dims: [chips.length, 3, input.height, input.width], data: packChips(chips, input) };
    const outputs = await this.#session.run({ [input.name]: feed }, [output.name]).catch((cause: unknown) => {
      throw new ModelFormatError(
        `the face embedding must run on ${feed.dims.join(' x ')} pixels, and ONNX Runtime said: ${cause}`,
        { cause },
      );
    });
    const values = finiteOutput(outputs, output.name, chips.length, output.length);
    return chips.map((_, i) => unitLength(values.slice(i * output.length, (i + 1) * output.length)));
  }
}

/** Only its direction tells faces apart, and of unit vectors the distances of different models are alike. */
function unitLength(embedding: Float32Array): Float32Array {
  const length = Math.hypot(...embedding);
  if (length > 0) return embedding.map((value) => value / length);
  throw new ModelFormatError('a face embedding must differ from 0, and the model gave zeros only; download it again');
}

/** The chips' planes in the model's order, as bytes or normalised. */
function packChips(chips: readonly Picture[], input: EmbeddingMetadata['input']): Uint8Array | Float32Array {
  const { width, height, channels, normalise } = input;
  const plane = width * height;
  const values = new Uint8Array(chips.length * 3 * plane);
  chips.forEach((chip, i) => {
    if (chip.width !== width || chip.height !== height) {
      throw new RangeError(
        `FaceEmbedding: chips must have ${width} x ${height} pixels, found ${chip.width} x ${chip.height}; cut them with faceChip`,
      );
    }
    writePlanes(chip, { values, offset: 3 * i * plane, width, height });
    if (channels === 'bgr') swapPlanes(values, 3 * i * plane, plane);
  });
  if (normalise === undefined) return values;
  const { mean, scale } = normalise;
  return Float32Array.from(values, (value, i) => (value - mean[Math.floor(i / plane) % 3]!) * scale);
}

/** Red and blue change places. */
function swapPlanes(values: Uint8Array, offset: number, plane: number): void {
  const red = values.slice(offset, offset + plane);
  values.copyWithin(offset, offset + 2 * plane, offset + 3 * plane);
  values.set(red, offset + 2 * plane);
}
