// The scores, search and window rule of live video, the same in the terminal, the page and the server's sources.
import type { FaceSearchOptions } from '../detect/face-search.js';
import { defaultWindowRule, type WindowRule } from './confirmation-windows.js';

/** Detection score, 0..1, from which a detection starts a track, so that a brief false detection starts none. */
export const defaultStartScore = 0.65;
/** How much lower a detection that continues a track may score. */
const FOLLOWED_LESS = 0.15;
/** The detector's lowest score. */
const LEAST_SCORE = 0.05;

export interface LiveChoices {
  readonly startScore?: number | undefined;
  /**
   * Width of the smallest face, pixels: the detector searches a few parts of each frame at a higher resolution. Without it faces
   * from about 6 % of the frame's width.
   */
  readonly minFace?: number | undefined;
  readonly windowRule?: WindowRule | undefined;
}

/** What a detector that is a network is opened with. */
export type DetectorNumbers = Required<Pick<FaceSearchOptions, 'minScore' | 'search'>> &
  Pick<FaceSearchOptions, 'minFace'>;

export interface LiveSettings {
  readonly detector: DetectorNumbers;
  /** Of the pipeline, `LivePipelineOptions`. */
  readonly pipeline: { readonly startScore: number; readonly confirmation: { readonly rule: WindowRule } };
}

export function liveSettings({
  startScore = defaultStartScore,
  minFace,
  windowRule = defaultWindowRule,
}: LiveChoices = {}): LiveSettings {
  return {
    detector: {
      minScore: Math.max(LEAST_SCORE, startScore - FOLLOWED_LESS),
      ...(minFace === undefined ? { search: 'quick' } : { search: 'spread', minFace }),
    },
    pipeline: { startScore, confirmation: { rule: windowRule } },
  };
}
