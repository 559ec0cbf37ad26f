// The live pipeline's result of one frame: a line of `moodlens analyze --json`.
import type { Box } from '../image/picture.js';

/** One face of a frame. `box` is `[x, y, width, height]` in pixels of the frame's picture. */
export interface FaceResult {
  readonly box: Box;
  /** The detector's probability, 0..1. */
  readonly score: number;
  /** Number of the track, from 1; never used again for another. */
  readonly track: number;
  /** Null when unknown or when there is no people file. */
  readonly person: string | null;
  /** LBPH distance to the nearest known face; null when there is no people file. */
  readonly distance: number | null;
  /** This frame's most probable expression; null when there is no expression model. */
  readonly expression: string | null;
  /** Label to probability, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>> | null;
  /** The expression that the confirmation window confirms. */
  readonly confirmed: string | null;
  /** Millimetres from the camera; null without depth. */
  readonly depthMm: number | null;
}

/** A detection that is not counted as a face, and the reason. */
export interface RejectedFace {
  readonly box: Box;
  readonly reason: string;
}

/** Milliseconds that each stage took. */
export interface FrameLatency {
  readonly detect: number;
  readonly track: number;
  readonly identify: number;
  readonly classify: number;
  /** From the picture to the result, decoding excluded. */
  readonly total: number;
}

/** One frame's faces, best detection first. */
export interface FrameResult {
  readonly frame: number;
  /** Since the source's first frame. */
  readonly timeMs: number;
  readonly faces: readonly FaceResult[];
  readonly rejected: readonly RejectedFace[];
  readonly latencyMs: FrameLatency;
}
