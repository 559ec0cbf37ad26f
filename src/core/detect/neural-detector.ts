// Finds faces with MediaPipe's two networks: the full range one looks everywhere, the short range one judges close up.
import { crop } from '../image/crop.js';
import type { Box, Picture } from '../image/picture.js';
import type { OpenSession } from '../ports/session.js';
import type { Face, FaceDetector } from './face.js';
import { FaceNetwork } from './face-network.js';
import { boxOverlap } from './non-maximum-suppression.js';

export interface NeuralDetectorOptions {
  /** Lowest score that counts as a face, above 0 and below 1. Default 0.6. */
  readonly minScore?: number;
  /** Threads inside one operator; more than 1 is slower for networks this small. Default 1. */
  readonly threads?: number;
}

/** Bytes of models/face-full-range.onnx and models/face-short-range.onnx. */
export interface NeuralDetectorModels {
  readonly fullRange: Uint8Array;
  /** Without it nothing is judged a second time, and close-ups that fill the picture are missed. */
  readonly shortRange?: Uint8Array;
}

// Measured in docs/experiments.md: with the second look no box in 137 scenes without faces, and more faces than without.
const DEFAULT_MIN_SCORE = 0.6;
/** A full range score from which a face needs no second look. */
const SURE_SCORE = 0.7;
/** Side of the second look, in box widths. */
const SECOND_LOOK = 2;
/** Least overlap (intersection over union) of the two looks' boxes. */
const SAME_FACE = 0.3;
/** Bounds the time spent on a crowd: the best ones are looked at again, the rest stand by their first score. */
const MAX_SECOND_LOOKS = 16;
/** The short range network alone is trusted only for faces that fill this much of the picture's longer side. */
const CLOSE_UP = 0.3;

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

  /** Loads the networks. Throws ModelFormatError for bytes that are no model, RangeError for a minScore outside 0..1. */
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
    const fullRange = new FaceNetwork(await openSession(models.fullRange, { threads }), 'full');
    if (models.shortRange === undefined) return new NeuralFaceDetector(fullRange, undefined, minScore);
    try {
      const shortRange = new FaceNetwork(await openSession(models.shortRange, { threads }), 'short');
      return new NeuralFaceDetector(fullRange, shortRange, minScore);
    } catch (error) {
      await fullRange.release();
      throw error;
    }
  }

  /**
   * Faces, best first. The score is the full range network's where it is sure, else the mean of both networks'. Calls wait for
   * each other. Throws ModelFormatError when a model is not the network it should be, RangeError for an empty picture.
   */
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
    const minScore = this.#minScore;
    const shortRange = this.#shortRange;
    if (shortRange === undefined) return this.#fullRange.detect(picture, minScore);
    // Below this first score not even a second one of 1 lifts the mean to the threshold. Never more than the default needs, so
    // that a stricter threshold leaves faces out and changes none.
    const lowest = Math.max(0.05, 2 * Math.min(minScore, DEFAULT_MIN_SCORE) - 1);
    const faces: Face[] = [];
    let looks = 0;
    for (const face of await this.#fullRange.detect(picture, lowest)) {
      const sure = face.score >= SURE_SCORE;
      const judged = sure || looks >= MAX_SECOND_LOOKS ? face : await judge(shortRange, picture, face);
      if (judged !== face) looks++;
      if (judged.score >= minScore) faces.push(judged);
    }
    if (faces.length > 0) return faces.sort((a, b) => b.score - a.score);
    const closeUp = CLOSE_UP * Math.max(picture.width, picture.height);
    return (await shortRange.detect(picture, Math.max(minScore, DEFAULT_MIN_SCORE))).filter(
      ({ box }) => box[2] >= closeUp,
    );
  }
}

/** The face with the mean of its score and the one that the short range network gives it, seen close up. */
async function judge(shortRange: FaceNetwork, picture: Picture, face: Face): Promise<Face> {
  const [x, y, width, height] = face.box;
  const side = Math.max(2, Math.round(SECOND_LOOK * Math.max(width, height)));
  const left = Math.round(x + width / 2 - side / 2);
  const top = Math.round(y + height / 2 - side / 2);
  const seen = await shortRange.detect(crop(picture, [left, top, side, side]), 0.1);
  const expected: Box = [x - left, y - top, width, height];
  const same = seen.find(({ box }) => boxOverlap(box, expected) > SAME_FACE);
  return { ...face, score: (face.score + (same?.score ?? 0)) / 2 };
}
