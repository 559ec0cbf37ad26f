// What the page shows, as signals: the controller writes them, the views read them.
import { signal } from '@preact/signals';
import type { CameraDevice } from '../../../adapters/browser/camera.js';
import { defaultWindowRule, type WindowRule, windowRules } from '../../../core/live/confirmation-windows.js';
import type { ServedStatus } from '../../../core/live/served-frame.js';
import type { PersonalExample } from '../../../core/personal/personal-file.js';
import type { SourceKind } from '../sources/live-source.js';
import type {
  CalibrationResult,
  CalibrationState,
  Correction,
  EnrolmentState,
  Failure,
  KnownPicture,
  ModelSummary,
  PersonSummary,
} from '../worker/protocol.js';
import type { TimelineRow } from './timeline-rows.js';

/** One face in the panel; refreshed ten times a second, so that it can be read. */
export interface FaceCard {
  readonly track: number;
  readonly person: string | null;
  /** The label confirmed over the last frames; null without an expression model. */
  readonly confirmed: string | null;
  readonly probabilities: Readonly<Record<string, number>> | null;
}

export interface SourceState {
  readonly kind: SourceKind;
  readonly label: string;
  readonly isMirrored: boolean;
  readonly deviceId: string | undefined;
  /** Its number among the server's sources. */
  readonly served: number | undefined;
  readonly credit: string | null;
  /** Width over height. */
  readonly aspect: number;
}

export interface StageFailure {
  readonly title: string;
  readonly failure: Failure;
  readonly retry: (() => void) | null;
}

export interface Figures {
  /** Frames analysed in the last second. */
  readonly framesPerSecond: number;
  /** From a frame's arrival to its result on the page, over the last 120 frames. */
  readonly latencyMs: { readonly p50: number; readonly p95: number };
}

/** The models are loading (share 0..1) until this is null. */
export const loading = signal<{ readonly text: string; readonly share: number } | null>(null);
export const model = signal<ModelSummary | null>(null);
/** The file of an expression model that was chosen in the page; null for the server's. */
export const chosenModel = signal<string | null>(null);
/** Why there are no expressions, when there are none. */
export const modelMissing = signal<string | null>(null);
/** How expressions are confirmed; `?window=original` in the address begins with the other rule. */
export const windowRule = signal<WindowRule>(wantedRule());
/** Whether small faces are searched for too. */
export const smallFaces = signal(false);
export const source = signal<SourceState | null>(null);
/** Names of the sources that the server analyses. */
export const servedSources = signal<readonly string[]>([]);
/** The state of the one shown. */
export const servedStatus = signal<ServedStatus | null>(null);
/** A source is opening: its kind. */
export const opening = signal<SourceKind | null>(null);
export const isPaused = signal(false);
export const stageFailure = signal<StageFailure | null>(null);
export const cameras = signal<readonly CameraDevice[]>([]);
export const figures = signal<Figures | null>(null);
export const faces = signal<readonly FaceCard[]>([]);
/** A row for everybody seen in the time shown; refreshed four times a second. */
export const timeline = signal<readonly TimelineRow[]>([]);
export const timelineSpanMs = signal(60_000);
export const people = signal<readonly PersonSummary[]>([]);
/** The person whose gallery pictures are reviewed. */
export const reviewed = signal<{ readonly name: string; readonly pictures: readonly KnownPicture[] } | null>(null);
/** The person whose personal examples are reviewed. */
export const reviewedExamples = signal<{ readonly name: string; readonly pictures: readonly PersonalExample[] } | null>(
  null,
);
export const calibrating = signal<CalibrationState | null>(null);
/** The result of the last guided calibration, until the user closes it. */
export const calibrationResult = signal<CalibrationResult | null>(null);
/** The last correction, while it can be undone. */
export const correction = signal<Correction | null>(null);
export const enrolment = signal<EnrolmentState | null>(null);
/** A message in the people panel: what was done, or what went wrong; `calibrateNext` is a person whose calibration is offered now. */
export const peopleMessage = signal<{
  readonly text: string;
  readonly isError: boolean;
  readonly calibrateNext?: string;
} | null>(null);
/** Spoken by screen readers; never shown. */
export const announcement = signal('');

function wantedRule(): WindowRule {
  const wanted = new URLSearchParams(location.search).get('window');
  return windowRules.find((rule) => rule === wanted) ?? defaultWindowRule;
}
