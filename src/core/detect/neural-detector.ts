// Finds faces with MediaPipe's two networks: the full range one looks everywhere, the short range one judges close up.
import { crop } from '../image/crop.js';
import type { Box, Picture } from '../image/picture.js';
import { resize } from '../image/resize.js';
import type { OpenSession } from '../ports/session.js';
import type { Face, FaceDetector } from './face.js';
import { FaceNetwork } from './face-network.js';
import { boxOverlap } from './non-maximum-suppression.js';
import { isWholeInPart, moveFace, pictureParts, scaleFace } from './picture-parts.js';

export interface NeuralDetectorOptions {
  /** Lowest score that counts as a face, above 0 and below 1. Default 0.6. */
  readonly minScore?: number;
  /**
   * `quick`, for video: the whole picture only, faces from about 6 % of its longer side. `thorough`, for photographs: also
   * overlapping parts of it, faces from about 1.5 %, at about twenty times the cost. Default `quick`.
   */
  readonly search?: 'quick' | 'thorough';
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
const MAX_SECOND_LOOKS = { quick: 16, thorough: 256 };
/** Larger pictures are shrunk first: even a quarter of this holds more detail than the networks' inputs take. */
const LARGEST_SIDE = 2560;
/** The short range network alone is trusted only for faces that fill this much of the picture's longer side. */
const CLOSE_UP = 0.3;

/** Finds faces from about a twentieth of the picture's longer side up to close-ups that fill it. */
export class NeuralFaceDetector implements FaceDetector {
  readonly #fullRange: FaceNetwork;
  readonly #shortRange: FaceNetwork | undefined;
  readonly #options: Required<Pick<NeuralDetectorOptions, 'minScore' | 'search'>>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    fullRange: FaceNetwork,
    shortRange: FaceNetwork | undefined,
    options: Required<Pick<NeuralDetectorOptions, 'minScore' | 'search'>>,
  ) {
    this.#fullRange = fullRange;
    this.#shortRange = shortRange;
    this.#options = options;
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
    const checked = { minScore, search: options.search ?? 'quick' } as const;
    const threads = options.threads ?? 1;
    const fullRange = new FaceNetwork(await openSession(models.fullRange, { threads }), 'full');
    if (models.shortRange === undefined) return new NeuralFaceDetector(fullRange, undefined, checked);
    try {
      const shortRange = new FaceNetwork(await openSession(models.shortRange, { threads }), 'short');
      return new NeuralFaceDetector(fullRange, shortRange, checked);
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

  async #detect(given: Picture): Promise<Face[]> {
    const longer = Math.max(given.width, given.height);
    if (longer <= LARGEST_SIDE) return this.#search(given);
    const scale = LARGEST_SIDE / longer;
    const width = Math.max(1, Math.round(given.width * scale));
    const height = Math.max(1, Math.round(given.height * scale));
    const faces = await this.#search(resize(given, width, height));
    return faces.map((face) => scaleFace(face, given.width / width, given.height / height));
  }

  async #search(picture: Picture): Promise<Face[]> {
    const { minScore, search } = this.#options;
    const shortRange = this.#shortRange;
    // Below this first score not even a second one of 1 lifts the mean to the threshold. Never more than the default needs, so
    // that a stricter threshold leaves faces out and changes none.
    const lowest = shortRange ? Math.max(0.05, 2 * Math.min(minScore, DEFAULT_MIN_SCORE) - 1) : minScore;
    const candidates = await this.#candidates(picture, lowest);
    if (shortRange === undefined) return bestFirst(candidates.map(({ face }) => face));
    const faces: Face[] = [];
    let looks = 0;
    for (const { face, sure } of candidates) {
      const judged = sure || looks++ >= MAX_SECOND_LOOKS[search] ? face : await judge(shortRange, picture, face);
      if (judged.score >= minScore) faces.push(judged);
    }
    if (faces.length > 0) return bestFirst(faces);
    const closeUp = CLOSE_UP * Math.max(picture.width, picture.height);
    const large = await shortRange.detect(picture, Math.max(minScore, DEFAULT_MIN_SCORE));
    return large.filter(({ box }) => box[2] >= closeUp);
  }

  /** What the full range network finds, one per place: the sure ones first, then by score. */
  async #candidates(picture: Picture, lowest: number): Promise<Candidate[]> {
    const found: Candidate[] = (await this.#fullRange.detect(picture, lowest)).map((face) => ({
      face,
      sure: face.score >= SURE_SCORE,
    }));
    if (this.#options.search === 'thorough') {
      for (const part of pictureParts(picture)) {
        for (const face of await this.#fullRange.detect(crop(picture, part), lowest)) {
          // Many parts are many chances of a mistake, so nothing found in one of them is sure.
          if (isWholeInPart(face, part, picture)) found.push({ face: moveFace(face, [part[0], part[1]]), sure: false });
        }
      }
    }
    found.sort((a, b) => Number(b.sure) - Number(a.sure) || b.face.score - a.face.score);
    const kept: Candidate[] = [];
    for (const candidate of found) {
      if (!kept.some(({ face }) => boxOverlap(face.box, candidate.face.box) > SAME_FACE)) kept.push(candidate);
    }
    return kept;
  }
}

interface Candidate {
  readonly face: Face;
  /** Needs no second look. */
  readonly sure: boolean;
}

/** The face with the mean of its score and the one that the short range network gives it, seen close up. */
async function judge(shortRange: FaceNetwork, picture: Picture, face: Face): Promise<Face> {
  const [x, y, width, height] = face.box;
  const reach = (SECOND_LOOK * Math.max(width, height)) / 2;
  const [left, right] = spanAround(x + width / 2, reach, picture.width);
  const [top, bottom] = spanAround(y + height / 2, reach, picture.height);
  const seen = await shortRange.detect(crop(picture, [left, top, right - left, bottom - top]), 0.1);
  const expected: Box = [x - left, y - top, width, height];
  const same = seen.find(({ box }) => boxOverlap(box, expected) > SAME_FACE);
  return { ...face, score: (face.score + (same?.score ?? 0)) / 2 };
}

/** The whole pixels of 0..size within `reach` of `centre`, at least one. */
function spanAround(centre: number, reach: number, size: number): [from: number, to: number] {
  const from = Math.min(size - 1, Math.max(0, Math.round(centre - reach)));
  return [from, Math.min(size, Math.max(from + 1, Math.round(centre + reach)))];
}

function bestFirst(faces: readonly Face[]): Face[] {
  return [...faces].sort((a, b) => b.score - a.score);
}
