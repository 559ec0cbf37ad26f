// Detects faces with MediaPipe's two networks: the full range one searches the picture, the short range one does the second check.
import { crop } from '../../image/crop.js';
import type { Box, Picture } from '../../image/picture.js';
import { resize } from '../../image/resize.js';
import { defaultThreads, type OpenSession } from '../../ports/session.js';
import type { Face, FaceDetector } from '../face.js';
import { type CheckedSearch, checkSearch, defaultMinScore, type FaceSearchOptions } from '../face-search.js';
import { boxOverlap } from '../non-maximum-suppression.js';
import { detectInCloseUp, judge, SAME_FACE } from './close-up-check.js';
import { FaceNetwork } from './face-network.js';
import { isWholeInPart, moveFace, pictureParts, scaleFace } from './picture-parts.js';

/** Bytes of models/face-full-range.onnx and models/face-short-range.onnx. */
export interface MediaPipeModels {
  readonly fullRange: Uint8Array;
  /** Without it there is no second check, and close-ups that fill the picture are missed. */
  readonly shortRange?: Uint8Array;
}

/** Full range score from which a detection needs no second check. */
const SURE_SCORE = 0.7;
/** Bounds the time for a crowd: the best detections are checked, the rest keep their first score. */
const MAX_SECOND_CHECKS = { quick: 16, thorough: 256, spread: 32 };
/** Parts in each frame of a `spread` search: it about doubles the time of a frame, and covers 640 x 480 in ten frames. */
const PARTS_A_FRAME = 3;
/** A carried face that is missed for more frames is dropped. */
const MOST_MISSES = 3;
/** The networks' boxes reach from brow to chin: so much of the width from ear to ear, and a little less where a face is turned. */
const BOX_OF_FACE = { usual: 0.8, least: 0.75 };
/** Larger pictures are shrunk first: even a quarter of this holds more detail than the networks' inputs take. */
const LARGEST_SIDE = 2560;
/** The short range network's own detections count only when they fill this share of the picture's longer side. */
const CLOSE_UP = 0.3;

/** Finds faces from about a twentieth of the picture's longer side up to close-ups that fill it. */
export class MediaPipeDetector implements FaceDetector {
  readonly #fullRange: FaceNetwork;
  readonly #shortRange: FaceNetwork | undefined;
  #options: CheckedSearch;
  /** Of a `spread` search: the part whose turn it is, and faces that were found in parts. */
  #turn = 0;
  #carried: readonly Carried[] = [];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(fullRange: FaceNetwork, shortRange: FaceNetwork | undefined, options: CheckedSearch) {
    this.#fullRange = fullRange;
    this.#shortRange = shortRange;
    this.#options = options;
  }

  /** Loads the networks. Throws ModelFormatError for bytes that are no model, RangeError for a minScore outside 0..1 or a minFace of 0. */
  static async open(
    models: MediaPipeModels,
    openSession: OpenSession,
    options: FaceSearchOptions = {},
  ): Promise<MediaPipeDetector> {
    const checked = checkSearch(options);
    const threads = options.threads ?? defaultThreads;
    const fullRange = new FaceNetwork(await openSession(models.fullRange, { threads }), 'full');
    if (models.shortRange === undefined) return new MediaPipeDetector(fullRange, undefined, checked);
    try {
      const shortRange = new FaceNetwork(await openSession(models.shortRange, { threads }), 'short');
      return new MediaPipeDetector(fullRange, shortRange, checked);
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

  /** Changes the search from the next picture on. Throws RangeError for a minFace of 0. */
  setSearch(options: Pick<FaceSearchOptions, 'search' | 'minFace'>): void {
    this.#options = checkSearch({ minScore: this.#options.minScore, ...options });
    this.#carried = [];
  }

  async release(): Promise<void> {
    await this.#last;
    await this.#fullRange.release();
    await this.#shortRange?.release();
  }

  async #detect(given: Picture): Promise<Face[]> {
    const longer = Math.max(given.width, given.height);
    if (longer <= LARGEST_SIDE) return this.#search(given, 1);
    const scale = LARGEST_SIDE / longer;
    const width = Math.max(1, Math.round(given.width * scale));
    const height = Math.max(1, Math.round(given.height * scale));
    const faces = await this.#search(resize(given, width, height), scale);
    return faces.map((face) => scaleFace(face, given.width / width, given.height / height));
  }

  /** `scale`: of the picture's pixels to those that the options count in. */
  async #search(picture: Picture, scale: number): Promise<Face[]> {
    const { minScore, search } = this.#options;
    const minFace = (this.#options.minFace ?? 0) * scale;
    const isLarge = ({ box }: Face) => box[2] >= BOX_OF_FACE.least * minFace;
    const shortRange = this.#shortRange;
    // With a lower first score not even a second one of 1 raises the mean to the threshold. Never above that of the default, so that
    // a stricter threshold only leaves faces out.
    const lowest = shortRange ? Math.max(0.05, 2 * Math.min(minScore, defaultMinScore) - 1) : minScore;
    const candidates = (await this.#candidates(picture, lowest, minFace)).filter(({ face }) => isLarge(face));
    if (shortRange === undefined) return bestFirst(candidates.map(({ face }) => face));
    const faces: Face[] = [];
    let checks = 0;
    for (const { face, sure } of candidates) {
      const judged = sure || checks++ >= MAX_SECOND_CHECKS[search] ? face : await judge(shortRange, picture, face);
      if (judged.score >= minScore) faces.push(judged);
    }
    if (search === 'spread') faces.push(...(await this.#carry(shortRange, picture, candidates, faces)));
    if (faces.length > 0) return bestFirst(faces);
    const closeUp = CLOSE_UP * Math.max(picture.width, picture.height);
    const large = await shortRange.detect(picture, Math.max(minScore, defaultMinScore));
    return large.filter(({ box }) => box[2] >= closeUp);
  }

  /** The full range network's detections, one per place: the sure ones first, then by score. */
  async #candidates(picture: Picture, lowest: number, minFace: number): Promise<Candidate[]> {
    const found: Candidate[] = (await this.#fullRange.detect(picture, lowest)).map((face) => ({
      face,
      sure: face.score >= SURE_SCORE,
      isInPart: false,
    }));
    for (const part of this.#partsOf(picture, minFace)) {
      for (const face of await this.#fullRange.detect(crop(picture, part), lowest)) {
        if (!isWholeInPart(face, part, picture)) continue;
        // Many parts give many false detections, most of them tiny: without a least size no detection in a part is sure.
        const sure = minFace > 0 && face.score >= SURE_SCORE;
        found.push({ face: moveFace(face, [part[0], part[1]]), sure, isInPart: true });
      }
    }
    found.sort((a, b) => Number(b.sure) - Number(a.sure) || b.face.score - a.face.score);
    const kept: Candidate[] = [];
    for (const candidate of found) {
      if (!kept.some(({ face }) => boxOverlap(face.box, candidate.face.box) > SAME_FACE)) kept.push(candidate);
    }
    return kept;
  }

  #partsOf(picture: Picture, minFace: number): Box[] {
    const { search } = this.#options;
    if (search === 'quick') return [];
    const parts = pictureParts(picture, minFace > 0 ? BOX_OF_FACE.usual * minFace : undefined);
    if (search === 'thorough') return parts;
    const count = Math.min(PARTS_A_FRAME, parts.length);
    const turn = this.#turn % Math.max(1, parts.length);
    this.#turn = turn + count;
    return Array.from({ length: count }, (_, i) => parts[(turn + i) % parts.length]!);
  }

  /** Checks the faces that earlier frames found in parts and this one did not, at their places; keeps them for the next frame. */
  async #carry(
    shortRange: FaceNetwork,
    picture: Picture,
    candidates: readonly Candidate[],
    faces: readonly Face[],
  ): Promise<Face[]> {
    const carried: Face[] = [];
    const kept: Carried[] = [];
    for (const { face, misses } of this.#carried) {
      if (faces.some(({ box }) => boxOverlap(box, face.box) > SAME_FACE)) continue;
      const seen = await detectInCloseUp(shortRange, picture, face.box);
      // The mean with its score when it was found: a mean of means would decay.
      const score = (face.score + (seen?.score ?? 0)) / 2;
      if (seen && score >= this.#options.minScore) {
        carried.push({ ...seen, score });
        kept.push({ face: { ...seen, score: face.score }, misses: 0 });
      } else if (misses < MOST_MISSES) kept.push({ face, misses: misses + 1 });
    }
    const own = candidates.filter(({ face, isInPart }) => isInPart && faces.some(({ box }) => box === face.box));
    this.#carried = [...own.map(({ face }) => ({ face, misses: 0 })), ...kept].slice(0, MAX_SECOND_CHECKS.spread);
    return carried;
  }
}

/** A face that was found in a part, its score then, and the number of frames since in which it was missed. */
interface Carried {
  readonly face: Face;
  readonly misses: number;
}

interface Candidate {
  readonly face: Face;
  /** Needs no second check. */
  readonly sure: boolean;
  readonly isInPart: boolean;
}

function bestFirst(faces: readonly Face[]): Face[] {
  return [...faces].sort((a, b) => b.score - a.score);
}
