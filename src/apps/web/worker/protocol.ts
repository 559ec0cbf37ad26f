// The messages between the page and its live worker; frames go to the detection worker (detection-protocol.ts).
import type { GreyPicture } from '../../../core/image/picture.js';
import type { WindowRule } from '../../../core/live/confirmation-windows.js';
import type { FrameResult } from '../../../core/live/frame-result.js';
import type { GuidedState } from '../../../core/personal/guided-calibration.js';
import type { Rate } from '../../../core/personal/judge-calibration.js';
import type { PersonalExample } from '../../../core/personal/personal-file.js';
import type { Failure } from './failure.js';

export type { Failure } from './failure.js';

export interface PersonSummary {
  readonly name: string;
  /** Face pictures kept; 0 for people from an imported file, which holds histograms only. */
  readonly faces: number;
  /** The newest picture, for the list. */
  readonly portrait: GreyPicture | null;
  /** Number of personal examples. */
  readonly taught: number;
}

/** A guided calibration under way. */
export interface CalibrationState extends GuidedState {
  readonly name: string;
  /** The face as it is now. */
  readonly preview: GreyPicture | null;
}

/** A personal calibration, judged by its own pictures. */
export interface CalibrationResult {
  readonly name: string;
  readonly pictures: number;
  /** Accuracy on pictures left out in turn, of expressions with another picture; null when there are none. */
  readonly rates: { readonly n: number; readonly before: Rate; readonly after: Rate } | null;
  /** Pictures and expressions that contradict each other, a sentence each. */
  readonly warnings: readonly string[];
}

/** The corrected expression of a face, and what that changed. */
export interface Correction {
  readonly name: string;
  readonly expression: string;
  /** The expression that was shown before. */
  readonly instead: string;
  /** The expression's probability in that picture, before and after. */
  readonly before: number;
  readonly after: number;
  /** False when the picture had this expression already: it is not kept. */
  readonly isLearnt: boolean;
}

/** A picture of the gallery. */
export interface KnownPicture {
  readonly picture: GreyPicture;
  /** Why it may be wrong; null when nothing speaks against it. */
  readonly doubt: string | null;
}

export interface EnrolmentState {
  readonly name: string;
  readonly taken: number;
  readonly wanted: number;
  /** What to do now, in a few words. */
  readonly hint: string;
  readonly phase: 'collecting' | 'training';
  /** The picture just taken. */
  readonly latest: GreyPicture | null;
}

export interface ModelSummary {
  readonly architecture: string;
  readonly parameters: number;
  readonly labels: readonly string[];
  readonly split: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One analysed frame. Boxes are in pixels of `width` x `height`. */
export interface FrameReport {
  readonly result: FrameResult;
  readonly width: number;
  readonly height: number;
  /** From the frame's arrival in the detection worker to the end of its analysis, milliseconds. */
  readonly latencyMs: number;
  /** Milliseconds since the epoch at which the analysis ended, comparable between threads. */
  readonly endedAt: number;
}

export type ToWorker =
  /** `detection` is the channel to the detection worker, `expression` a model instead of the server's. */
  | {
      readonly type: 'open';
      readonly modelsUrl: string;
      readonly threads: number;
      readonly expression: string | Blob | undefined;
      readonly windowRule: WindowRule;
      readonly detection: MessagePort;
    }
  /** A new source begins: tracks and windows are cleared. */
  | { readonly type: 'source'; readonly source: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  /** How expressions are confirmed from now on. */
  | { readonly type: 'window-rule'; readonly windowRule: WindowRule }
  | { readonly type: 'enrol'; readonly name: string }
  | { readonly type: 'cancel-enrolment' }
  | { readonly type: 'forget'; readonly name: string }
  | { readonly type: 'review'; readonly name: string }
  /** `count`: the number of pictures that the page shows; when it is another by now, none is removed. */
  | { readonly type: 'remove-picture'; readonly name: string; readonly index: number; readonly count: number }
  /** Begins a guided calibration: asks the person for one expression after the other. */
  | { readonly type: 'calibrate'; readonly name: string }
  | { readonly type: 'calibrating'; readonly act: 'retake' | 'skip' | 'stop' }
  /** Keeps that face as it is now, for a correction. */
  | { readonly type: 'hold'; readonly track: number }
  | { readonly type: 'correct'; readonly track: number; readonly expression: string }
  | { readonly type: 'undo-correction' }
  | { readonly type: 'review-examples'; readonly name: string }
  | { readonly type: 'forget-examples'; readonly name: string }
  | { readonly type: 'remove-example'; readonly name: string; readonly index: number; readonly count: number }
  | { readonly type: 'export-people' }
  | { readonly type: 'import-people'; readonly text: string };

export type FromWorker =
  | { readonly type: 'progress'; readonly text: string; readonly share: number }
  | { readonly type: 'ready'; readonly model: ModelSummary | null; readonly modelMissing: string | null }
  | { readonly type: 'unusable'; readonly failure: Failure }
  | { readonly type: 'report'; readonly source: number; readonly report: FrameReport }
  | { readonly type: 'source-failed'; readonly source: number; readonly failure: Failure }
  | { readonly type: 'enrolment'; readonly state: EnrolmentState | null }
  | { readonly type: 'enrolled'; readonly name: string; readonly faces: number }
  | { readonly type: 'people'; readonly people: readonly PersonSummary[] }
  | { readonly type: 'reviewed'; readonly name: string; readonly pictures: readonly KnownPicture[] }
  | { readonly type: 'calibrating'; readonly state: CalibrationState | null }
  | { readonly type: 'calibrated'; readonly result: CalibrationResult }
  | { readonly type: 'corrected'; readonly correction: Correction | null }
  | { readonly type: 'examples-reviewed'; readonly name: string; readonly pictures: readonly PersonalExample[] }
  | { readonly type: 'exported'; readonly text: string }
  | { readonly type: 'people-note'; readonly text: string }
  | { readonly type: 'people-failed'; readonly failure: Failure };
