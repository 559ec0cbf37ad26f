// What the page and its live worker say to each other; frames go to the looking worker (look-protocol.ts).
import type { GreyPicture } from '../../../core/image/picture.js';
import type { WindowRule } from '../../../core/live/confirmation-windows.js';
import type { FrameResult } from '../../../core/live/pipeline.js';
import type { GuidedState } from '../../../core/personal/guided-teaching.js';
import type { Rate } from '../../../core/personal/judge-teaching.js';
import type { TaughtPicture } from '../../../core/personal/personal-file.js';
import type { Failure } from './failure.js';

export type { Failure } from './failure.js';

export interface PersonSummary {
  readonly name: string;
  /** Face pictures kept; 0 for people from an imported file, which holds histograms only. */
  readonly faces: number;
  /** The newest picture, for the list. */
  readonly portrait: GreyPicture | null;
  /** Pictures by which they taught their own expressions. */
  readonly taught: number;
}

/** A teaching under way. */
export interface TeachingState extends GuidedState {
  readonly name: string;
  /** The face as it is now. */
  readonly preview: GreyPicture | null;
}

/** What a teaching brought, from its own pictures. */
export interface TeachingResult {
  readonly name: string;
  readonly pictures: number;
  /** Each picture of an expression that has another, read by what all the others teach; null when there is none. */
  readonly rates: { readonly n: number; readonly before: Rate; readonly after: Rate } | null;
  /** What contradicts itself, a sentence each. */
  readonly warnings: readonly string[];
}

/** A face that was given its right expression, and what that changed. */
export interface Correction {
  readonly name: string;
  readonly expression: string;
  /** What was shown instead. */
  readonly instead: string;
  /** The expression's probability in that very picture, before and after. */
  readonly before: number;
  readonly after: number;
  /** False when the picture was read so already: nothing is kept. */
  readonly isLearnt: boolean;
}

/** A picture that somebody is known from. */
export interface KnownPicture {
  readonly picture: GreyPicture;
  /** Why it should be looked at; null when nothing speaks against it. */
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
  /** From the frame's arrival in the looking worker to the end of its analysis, milliseconds. */
  readonly latencyMs: number;
  /** Milliseconds since the epoch at which the analysis ended, comparable between threads. */
  readonly endedAt: number;
}

export type ToWorker =
  /** `looks` is the channel to the looking worker, `expression` a model instead of the server's. */
  | {
      readonly type: 'open';
      readonly modelsUrl: string;
      readonly threads: number;
      readonly expression: string | Blob | undefined;
      readonly windowRule: WindowRule;
      readonly looks: MessagePort;
    }
  /** A new source begins: tracks and windows start afresh. */
  | { readonly type: 'source'; readonly source: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  /** How expressions are confirmed from now on. */
  | { readonly type: 'window-rule'; readonly windowRule: WindowRule }
  | { readonly type: 'enrol'; readonly name: string }
  | { readonly type: 'cancel-enrolment' }
  | { readonly type: 'forget'; readonly name: string }
  | { readonly type: 'review'; readonly name: string }
  /** `count`: how many pictures the page shows; when there are others by now, nothing is removed. */
  | { readonly type: 'remove-picture'; readonly name: string; readonly index: number; readonly count: number }
  /** Begins to ask the person for their expressions. */
  | { readonly type: 'teach'; readonly name: string }
  | { readonly type: 'teaching'; readonly act: 'retake' | 'skip' | 'stop' }
  /** Remembers what that face shows now, for a correction. */
  | { readonly type: 'hold'; readonly track: number }
  | { readonly type: 'correct'; readonly track: number; readonly expression: string }
  | { readonly type: 'undo-correction' }
  | { readonly type: 'review-taught'; readonly name: string }
  | { readonly type: 'forget-taught'; readonly name: string }
  | { readonly type: 'remove-taught'; readonly name: string; readonly index: number; readonly count: number }
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
  | { readonly type: 'teaching'; readonly state: TeachingState | null }
  | { readonly type: 'taught'; readonly result: TeachingResult }
  | { readonly type: 'corrected'; readonly correction: Correction | null }
  | { readonly type: 'taught-reviewed'; readonly name: string; readonly pictures: readonly TaughtPicture[] }
  | { readonly type: 'exported'; readonly text: string }
  | { readonly type: 'people-note'; readonly text: string }
  | { readonly type: 'people-failed'; readonly failure: Failure };
