// MediaPipe's face detection networks: full range first, short range for close-ups when that finds nothing.
import { ModelFormatError } from '../errors.js';
import type { Picture, Point } from '../image/picture.js';
import type { OpenSession, Session } from '../ports/session.js';
import { createAnchors } from './anchors.js';
import { decodeDetections } from './decode-detections.js';
import type { Face, FaceDetector } from './face.js';
import { Letterbox } from './letterbox.js';
import { suppressNonMaxima } from './non-maximum-suppression.js';

export interface NeuralDetectorOptions {
  /** Lowest score that counts as a face, above 0 and below 1. Default 0.5. */
  readonly minScore?: number;
  /** Threads inside one operator; more than 1 is slower for networks this small. Default 1. */
  readonly threads?: number;
}

/** Bytes of models/face-full-range.onnx and models/face-short-range.onnx. */
export interface NeuralDetectorModels {
  readonly fullRange: Uint8Array;
  readonly shortRange?: Uint8Array;
}

const MAX_OVERLAP = 0.3;
const DEFAULT_MIN_SCORE = 0.5;

/** Finds faces from about a twentieth of the picture's longer side up to close-ups that fill it. */
export class NeuralFaceDetector implements FaceDetector {
  readonly #fullRange: FaceNetwork;
  readonly #shortRange: FaceNetwork | undefined;
  readonly #minScore: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(fullRange: FaceNetwork, shortRange: FaceNetwork | undefined, minScore: number) {
    this.#fullRange = fullRange;
    this.#shortRange = shortRange;
    this.#minScore = minScore;
  }

  /** Loads the networks. Throws ModelFormatError for models of another shape, RangeError for a minScore outside 0..1. */
  static async open(
    models: NeuralDetectorModels,
    openSession: OpenSession,
    options: NeuralDetectorOptions = {},
  ): Promise<NeuralFaceDetector> {
    const minScore = options.minScore ?? DEFAULT_MIN_SCORE;
    if (!(minScore > 0 && minScore < 1)) {
      throw new RangeError(`NeuralFaceDetector: minScore must lie between 0 and 1, found ${minScore}`);
    }
    const threads = options.threads ?? 1;
    const fullRange = new FaceNetwork(await openSession(models.fullRange, { threads }), 192, [
      { cells: 48, perCell: 1 },
    ]);
    if (models.shortRange === undefined) return new NeuralFaceDetector(fullRange, undefined, minScore);
    try {
      const shortRange = new FaceNetwork(await openSession(models.shortRange, { threads }), 128, [
        { cells: 16, perCell: 2 },
        { cells: 8, perCell: 6 },
      ]);
      return new NeuralFaceDetector(fullRange, shortRange, minScore);
    } catch (error) {
      await fullRange.release();
      throw error;
    }
  }

  /** Calls wait for each other: the networks' input buffers are used again and again. */
  detect(picture: Picture): Promise<Face[]> {
    const result = this.#last.then(() => this.#detect(picture));
    this.#last = result.catch(() => {});
    return result;
  }

  async release(): Promise<void> {
    await this.#last;
    await this.#fullRange.release();
    await this.#shortRange?.release();
  }

  async #detect(picture: Picture): Promise<Face[]> {
    const faces = await this.#fullRange.detect(picture, this.#minScore);
    if (faces.length > 0 || this.#shortRange === undefined) return faces;
    return this.#shortRange.detect(picture, this.#minScore);
  }
}

/** One network with its anchors and input buffer. */
export class FaceNetwork {
  readonly #session: Session;
  readonly #letterbox: Letterbox;
  readonly #anchors: Float32Array;

  constructor(session: Session, inputSize: number, layers: Parameters<typeof createAnchors>[0]) {
    this.#session = session;
    this.#letterbox = new Letterbox(inputSize);
    this.#anchors = createAnchors(layers);
  }

  async detect(picture: Picture, minScore: number): Promise<Face[]> {
    const letterbox = this.#letterbox;
    const { size } = letterbox;
    letterbox.fill(picture);
    const { boxes, scores } = await this.#session.run({ image: { dims: [1, 3, size, size], data: letterbox.data } });
    const anchors = this.#anchors.length / 2;
    if (
      !(boxes?.data instanceof Float32Array && scores?.data instanceof Float32Array) ||
      boxes.data.length !== anchors * 16 ||
      scores.data.length !== anchors
    ) {
      throw new ModelFormatError(
        `the face model must give boxes [1, ${anchors}, 16] and scores [1, ${anchors}, 1]; build the models again`,
      );
    }
    const candidates = decodeDetections(boxes.data, scores.data, this.#anchors, size, minScore);
    return suppressNonMaxima(candidates, { maxOverlap: MAX_OVERLAP, weighted: true }).map((values) =>
      toFace(values, letterbox),
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function toFace(values: readonly number[], letterbox: Letterbox): Face {
  const point = (i: number): Point => letterbox.toPicture(values[i]!, values[i + 1]!);
  const [left, top] = point(1);
  const [right, bottom] = point(3);
  return {
    box: [left, top, right - left, bottom - top],
    score: values[0]!,
    keypoints: {
      rightEye: point(5),
      leftEye: point(7),
      nose: point(9),
      mouth: point(11),
      rightEar: point(13),
      leftEar: point(15),
    },
  };
}
