// The numbers that finding, following and confirming faces in video go by, wherever that is done: terminal, page, and sources that the
// server analyses take them from here.
import type { NeuralDetectorOptions } from '../detect/mediapipe/neural-detector.js';
import { defaultWindowRule, type WindowRule } from './confirmation-windows.js';

/** Detection score, 0..1, from which somebody new counts as a face: a brief false detection starts no track. */
export const defaultStartScore = 0.65;
/** How much less a face may score that is followed already. */
const FOLLOWED_LESS = 0.15;
/** The detector looks at nothing below. */
const LEAST_SCORE = 0.05;

export interface LiveChoices {
  readonly startScore?: number | undefined;
  /** Width of the smallest face, pixels: a few parts of each frame are looked at more closely. Without it faces from about 6 % of the frame. */
  readonly minFace?: number | undefined;
  readonly windowRule?: WindowRule | undefined;
}

export interface LiveSettings {
  /** Of the neural detector. */
  readonly detector: Required<Pick<NeuralDetectorOptions, 'minScore' | 'search'>> &
    Pick<NeuralDetectorOptions, 'minFace'>;
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
