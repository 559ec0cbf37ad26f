// A trained expression model, ready to use: grey faces in, probabilities and embeddings out. The normalisation is inside the model.
import { ModelFormatError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { resizeGrey } from '../image/resize.js';
import { finiteOutput } from '../onnx/finite-output.js';
import { defaultThreads, type OpenSession, type Session, type Tensor } from '../ports/session.js';
import type { ModelMetadata } from './model-metadata.js';
import { type PictureSize, readPictureFront } from './picture-front.js';
import { readExpressionModel } from './read-expression-model.js';

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

/** What asking a model needs; whoever adapts its answers gives the same. */
export type AskedModel = Pick<ExpressionModel, 'metadata' | 'view' | 'predict'>;

/** Most faces in one run of the session, so that memory stays bounded whatever the caller passes. */
const maxBatch = 256;

export class ExpressionModel {
  readonly metadata: ModelMetadata;
  /** The central part of the picture that the network sees; undefined when those of an ensemble see different parts. */
  readonly view: PictureSize | undefined;
  readonly #session: Session;

  private constructor(metadata: ModelMetadata, view: PictureSize | undefined, session: Session) {
    this.metadata = metadata;
    this.view = view;
    this.#session = session;
  }

  /** Loads a model that moodlens wrote. Throws ModelFormatError for any other file. */
  static async open(
    bytes: Uint8Array,
    openSession: OpenSession,
    options: ExpressionModelOptions = {},
  ): Promise<ExpressionModel> {
    const file = readExpressionModel(bytes);
    const session = await openSession(bytes, { threads: options.threads ?? defaultThreads });
    return new ExpressionModel(file.metadata, readPictureFront(file)?.view, session);
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
    const probabilities = finiteOutput(outputs, 'probabilities', faces.length, labels.length);
    const embeddings = finiteOutput(outputs, 'embedding', faces.length, embedding);
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

function packFaces(faces: readonly GreyPicture[], { width, height }: { width: number; height: number }): Uint8Array {
  const size = width * height;
  const data = new Uint8Array(faces.length * size);
  faces.forEach((face, i) => {
    const fits = face.width === width && face.height === height && face.data.length === size;
    data.set(fits ? face.data : resizeGrey(face, width, height).data, i * size);
  });
  return data;
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
