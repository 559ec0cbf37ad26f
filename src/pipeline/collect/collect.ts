// Collects pictures of one person's face from frames: spaced in time, checked, cut out with some surroundings.
import type { Face, FaceDetector } from '../../core/detect/face.js';
import { defaultMinScore } from '../../core/detect/face-search.js';
import { faceSurroundings } from '../../core/detect/face-surroundings.js';
import { mainFace } from '../../core/detect/main-face.js';
import type { Picture } from '../../core/image/picture.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { checkFace, type GoodFace, type Rejection } from './check-face.js';
import { type CollectOptions, parseCollect } from './config.js';

/** A frame to search for a face; `timeMs`: null for pictures, which have no time; 'unreadable' counts as searched. */
export interface CandidateFrame {
  readonly picture: Picture | 'unreadable';
  readonly timeMs: number | null;
}

export interface CollectPorts {
  readonly detector: FaceDetector;
  /** Saves a face picture. */
  readonly save: (picture: Picture) => Promise<void>;
  readonly progress?: Progress;
  /** Called between frames; true ends the collection, with its result. */
  readonly shouldStop?: () => boolean;
}

export interface Collection {
  readonly saved: number;
  /** Frames that were searched for a face. */
  readonly looked: number;
  /** Frames skipped because too little time had passed. */
  readonly tooSoon: number;
  readonly rejected: Readonly<Partial<Record<Rejection, number>>>;
}

/** Saves up to `photos` good faces of the frames, one a frame: the only face, or one clearly larger than the others. */
export async function collectFaces(
  frames: AsyncIterable<CandidateFrame>,
  options: CollectOptions,
  { detector, save, progress = silentProgress, shouldStop = () => false }: CollectPorts,
): Promise<Collection> {
  const config = parseCollect(options);
  const rejected: Partial<Record<Rejection, number>> = {};
  let saved = 0;
  let looked = 0;
  let tooSoon = 0;
  let lastMs = -Infinity;
  const before: GoodFace[] = [];
  for await (const { picture, timeMs } of frames) {
    if (shouldStop()) break;
    if (timeMs !== null && timeMs - lastMs < config.everyMs) {
      tooSoon++;
      continue;
    }
    looked++;
    const result = picture === 'unreadable' ? picture : await examine(picture);
    if (typeof result === 'string') {
      rejected[result] = (rejected[result] ?? 0) + 1;
      progress.update(saved, config.photos, result);
      continue;
    }
    await save(faceSurroundings(picture as Picture, result.face.box));
    before.push(result.good);
    lastMs = timeMs ?? -Infinity;
    progress.update(++saved, config.photos, 'saved');
    if (saved === config.photos) break;
  }
  progress.finish();
  return { saved, looked, tooSoon, rejected };

  async function examine(picture: Picture): Promise<Rejection | { face: Face; good: GoodFace }> {
    const face = mainFace(await detector.detect(picture), defaultMinScore);
    if (face === 'none') return 'no face';
    if (face === 'several') return 'several faces';
    const good = checkFace(picture, face, before, config);
    return typeof good === 'string' ? good : { face, good };
  }
}
