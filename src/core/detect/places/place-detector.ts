// A detector from one file: one that moodlens trained, or a YuNet. Pictures of any size in, faces with four key points out.
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { resize } from '../../image/resize.js';
import type { OnnxModel } from '../../onnx/onnx-model.js';
import { readModel } from '../../onnx/read-model.js';
import { defaultThreads, type OpenSession } from '../../ports/session.js';
import { type Face, type FaceDetector, mapFace } from '../face.js';
import { type CheckedSearch, checkSearch, defaultMinScore, type FaceSearchOptions } from '../face-search.js';
import { boxOverlap } from '../non-maximum-suppression.js';
import type { DetectorMetadata } from './detector-metadata.js';
import { detectorMetadataOf, type PlaceNetwork, TrainedNetwork } from './place-network.js';
import { toFace } from './placed-face.js';
import { isYunet, YunetNetwork } from './yunet-network.js';

/** Longest side of the picture that the network is shown, pixels: larger ones are scaled down. */
const longestSides = { quick: 416, spread: 1280, thorough: 1600 } as const;
/** Width of the smallest face in the picture that the network is shown, pixels: smaller ones are found less often. */
const comfortableWidth = 20;
/** Pictures are enlarged at most so much for the sake of small faces. */
const mostEnlarged = 2;
/** Faces much larger than the training's are found in a second, small copy of the picture with this longest side, pixels. */
const closeUpSide = 256;
/** Boxes of two copies of a picture that overlap more (intersection over union) are one face. */
const sameFace = 0.4;
/** Places with this share of the lowest score still count in a face's box and key points. */
const candidateShare = 0.25;
/** A detection's width against that from ear to ear, where a face is turned. */
const leastShare = 0.75;

export class PlaceDetector implements FaceDetector {
  /** Of a detector that moodlens trained. */
  readonly metadata: DetectorMetadata | undefined;
  /** The network's own score that becomes 0.6. */
  readonly threshold: number;
  readonly #network: PlaceNetwork;
  #search: CheckedSearch;

  private constructor(network: PlaceNetwork, metadata: DetectorMetadata | undefined, search: CheckedSearch) {
    this.metadata = metadata;
    this.threshold = network.threshold;
    this.#network = network;
    this.#search = search;
  }

  /**
   * Opens a detector that `moodlens detector train` wrote, or a YuNet of OpenCV's model zoo. Throws ModelFormatError when the bytes
   * are neither, RangeError for a minScore outside 0..1 or a minFace of 0.
   */
  static async open(
    model: Uint8Array,
    openSession: OpenSession,
    options: FaceSearchOptions = {},
  ): Promise<PlaceDetector> {
    const search = checkSearch(options);
    const { file, metadata } = readDetectorModel(model);
    const session = await openSession(model, { threads: options.threads ?? defaultThreads });
    try {
      const network = metadata === undefined ? new YunetNetwork(session, file) : new TrainedNetwork(session, metadata);
      return new PlaceDetector(network, metadata, search);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Faces in the picture's pixels, best first. Scores are the network's, shifted so that its own threshold becomes 0.6
   * (`defaultMinScore`). Throws ModelFormatError when the model gives values that cannot be a detector's.
   */
  async detect(picture: Picture): Promise<Face[]> {
    const { search, minFace = 0, minScore } = this.#search;
    const longer = Math.max(picture.width, picture.height);
    const scale = this.#scaleFor(picture);
    let faces = await this.#detectAt(picture, scale);
    const small = closeUpSide / longer;
    if (small < scale / 1.5 && (search === 'thorough' || !faces.some(({ score }) => score >= minScore))) {
      faces = joinFaces(faces, await this.#detectAt(picture, small));
    }
    return faces.filter(({ score, box }) => score >= minScore && box[2] >= leastShare * minFace);
  }

  /** Changes the search from the next picture on. Throws RangeError for a minFace of 0. */
  setSearch(options: Pick<FaceSearchOptions, 'search' | 'minFace'>): void {
    this.#search = checkSearch({ minScore: this.#search.minScore, ...options });
  }

  release(): Promise<void> {
    return this.#network.release();
  }

  /** Of the picture to the one that the network is shown. */
  #scaleFor({ width, height }: Picture): number {
    const { search, minFace } = this.#search;
    const longer = Math.max(width, height);
    const usual = search === 'thorough' ? 1 : Math.min(1, longestSides.quick / longer);
    const wanted = minFace === undefined ? usual : Math.min(mostEnlarged, Math.max(usual, comfortableWidth / minFace));
    return Math.min(wanted, longestSides[search] / longer, this.#largestScale(width, height));
  }

  #largestScale(width: number, height: number): number {
    const { largest } = this.#network;
    return largest === undefined ? Number.POSITIVE_INFINITY : Math.min(largest.width / width, largest.height / height);
  }

  async #detectAt(picture: Picture, scale: number): Promise<Face[]> {
    const side = (length: number): number => Math.max(1, Math.round(length * scale));
    const [width, height] = [side(picture.width), side(picture.height)];
    const shown = scale === 1 ? picture : resize(picture, width, height);
    const { threshold } = this.#network;
    const lowest = candidateShare * shiftScore(this.#search.minScore, defaultMinScore, threshold);
    const found = await this.#network.detect(shown, lowest);
    const [x, y] = [picture.width / width, picture.height / height];
    return found.map((placed) => ({
      ...mapFace(toFace(placed), ([px, py]) => [px * x, py * y]),
      score: shiftScore(placed.score, threshold, defaultMinScore),
    }));
  }
}

/** A detector's file, and what it says about itself; undefined of a YuNet. Throws ModelFormatError when it is neither. */
export function readDetectorModel(model: Uint8Array): { file: OnnxModel; metadata: DetectorMetadata | undefined } {
  const file = readModel(model);
  const metadata = detectorMetadataOf(file);
  if (metadata !== undefined || isYunet(file)) return { file, metadata };
  throw new ModelFormatError(
    "the model must be a face detector that 'moodlens detector train' wrote, or a YuNet of OpenCV's model zoo, and it is another one",
  );
}

/** The score moved on the logistic scale, so that `from` becomes `to`. */
export function shiftScore(score: number, from: number, to: number): number {
  if (score <= 0 || score >= 1) return score;
  const logit = (share: number): number => Math.log(share / (1 - share));
  return 1 / (1 + Math.exp(-(logit(score) + logit(to) - logit(from))));
}

/** The faces of both, best first; where two are one face, the better one. */
function joinFaces(some: readonly Face[], others: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of [...some, ...others].sort((a, b) => b.score - a.score)) {
    if (!kept.some(({ box }) => boxOverlap(box, face.box) > sameFace)) kept.push(face);
  }
  return kept;
}
