// A trained expression model, ready to use: grey faces in, probabilities and embeddings out. The normalisation is inside the model.
import { z } from 'zod';
import { ModelFormatError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { resizeGrey } from '../image/resize.js';
import type { OnnxModel } from '../onnx/onnx-model.js';
import { readModel } from '../onnx/read-model.js';
import type { OpenSession, Session, Tensor } from '../ports/session.js';
import { type ModelMetadata, metadataKey, modelMetadataSchema } from './model-metadata.js';

/** What the model says of one face. */
export interface ExpressionPrediction {
  /** Index of the largest probability; its name is `metadata.labels[label]`. */
  readonly label: number;
  /** One per class, adding up to 1. */
  readonly probabilities: Float32Array;
  /** The pooled features before the last layer, `metadata.embedding` numbers. */
  readonly embedding: Float32Array;
}

export interface ExpressionModelOptions {
  /** Threads inside one operator; default 1. */
  readonly threads?: number;
}

/** Most faces in one run of the session, so that memory stays bounded whatever the caller passes. */
const maxBatch = 256;

export class ExpressionModel {
  readonly metadata: ModelMetadata;
  readonly #session: Session;

  private constructor(metadata: ModelMetadata, session: Session) {
    this.metadata = metadata;
    this.#session = session;
  }

  /** Loads a model that moodlens wrote. Throws ModelFormatError for any other file. */
  static async open(
    bytes: Uint8Array,
    openSession: OpenSession,
    options: ExpressionModelOptions = {},
  ): Promise<ExpressionModel> {
    const model = readModel(bytes);
    const metadata = readModelMetadata(model);
    checkGraph(model, metadata);
    const session = await openSession(bytes, { threads: options.threads ?? 1 });
    return new ExpressionModel(metadata, session);
  }

  /** Predicts faces of any size (resized to the model's input), in their order. */
  async predict(faces: readonly GreyPicture[]): Promise<ExpressionPrediction[]> {
    const predictions: ExpressionPrediction[] = [];
    for (let start = 0; start < faces.length; start += maxBatch) {
      predictions.push(...(await this.#predictBatch(faces.slice(start, start + maxBatch))));
    }
    return predictions;
  }

  /** Frees the session; the model cannot be used afterwards. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  async #predictBatch(faces: readonly GreyPicture[]): Promise<ExpressionPrediction[]> {
    const { input, labels, embedding } = this.metadata;
    const image: Tensor = { dims: [faces.length, 1, input.height, input.width], data: packFaces(faces, input) };
    const outputs = await this.#session.run({ image }, ['probabilities', 'embedding']).catch((error: unknown) => {
      throw new ModelFormatError(
        `the model must run on ${image.dims.join(' x ')} pixels, and ONNX Runtime said: ${error}`,
        { cause: error },
      );
    });
    const probabilities = floats(outputs, 'probabilities', faces.length, labels.length);
    const embeddings = floats(outputs, 'embedding', faces.length, embedding);
    return faces.map((_, i) => {
      const ours = probabilities.slice(i * labels.length, (i + 1) * labels.length);
      return {
        label: largest(ours),
        probabilities: ours,
        embedding: embeddings.slice(i * embedding, (i + 1) * embedding),
      };
    });
  }
}

/** What a model file says about itself. Throws ModelFormatError when moodlens did not write it. */
export function readModelMetadata(model: OnnxModel): ModelMetadata {
  const text = model.metadata.get(metadataKey);
  if (text === undefined) {
    throw new ModelFormatError(
      `an expression model must carry the metadata '${metadataKey}' that moodlens writes, and this ONNX file has none; use a model made by 'moodlens train'`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelFormatError(
      `the model's metadata '${metadataKey}' must be JSON and is not; export the model again`,
      {
        cause: error,
      },
    );
  }
  const result = modelMetadataSchema.safeParse(json);
  if (result.success) return result.data;
  throw new ModelFormatError(
    `the model's metadata '${metadataKey}' is not what this version of moodlens reads: ${z.prettifyError(result.error)}\nexport the model again`,
  );
}

/** The graph must have the input and the outputs that the metadata promises. */
function checkGraph(model: OnnxModel, { input, labels, embedding }: ModelMetadata): void {
  const image = model.inputs.find(({ name }) => name === 'image');
  const [, channels, height, width] = image?.dims ?? [];
  if (
    image?.type !== 'uint8' ||
    image.dims?.length !== 4 ||
    channels !== 1 ||
    height !== input.height ||
    width !== input.width
  ) {
    const found = image ? `${image.type ?? 'another type'} [${image.dims?.join(', ') ?? '?'}]` : 'no such input';
    throw new ModelFormatError(
      `the model must take 'image' as uint8 [batch, 1, ${input.height}, ${input.width}] and has ${found}; export it again`,
    );
  }
  for (const [name, size] of Object.entries({ probabilities: labels.length, embedding })) {
    const output = model.outputs.find((value) => value.name === name);
    if (output?.type !== 'float32' || output.dims?.length !== 2 || output.dims[1] !== size) {
      const found = output ? `${output.type ?? 'another type'} [${output.dims?.join(', ') ?? '?'}]` : 'no such output';
      throw new ModelFormatError(
        `the model must give '${name}' as float32 [batch, ${size}] and has ${found}; export it again`,
      );
    }
  }
}

function packFaces(faces: readonly GreyPicture[], { width, height }: { width: number; height: number }): Uint8Array {
  const size = width * height;
  const data = new Uint8Array(faces.length * size);
  faces.forEach((face, i) => {
    const fits = face.width === width && face.height === height && face.data.length === size;
    data.set(fits ? face.data : resizeGrey(face, width, height).data, i * size);
  });
  return data;
}

function floats(outputs: Record<string, Tensor>, name: string, rows: number, columns: number): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== rows * columns) {
    throw new ModelFormatError(
      `the model must give ${rows} x ${columns} numbers as '${name}' and gave ${data?.length ?? 'none'}; export it again`,
    );
  }
  if (!data.every(Number.isFinite)) {
    throw new ModelFormatError(
      `the model gave '${name}' that are not finite numbers; its weights are damaged, train or export it again`,
    );
  }
  return data;
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
