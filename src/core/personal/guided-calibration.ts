// A guided calibration in front of a camera: it asks for one expression after the other, counts down and takes a few frames of each.
// The page and the terminal offer it frames, pass on the user's choices and show its state.
import type { Face } from '../detect/face.js';
import { FaceGate } from '../detect/face-gate.js';
import type { GreyPicture, Picture } from '../image/picture.js';
import type { PersonalExample } from './personal-file.js';

/** How to show an expression, for those of FER2013 (after the action units of Ekman & Friesen's FACS). */
const asked: Readonly<Record<string, string>> = {
  neutral: 'Relax your face and close your mouth.',
  happy: 'Smile, with your eyes too.',
  surprise: 'Raise your brows, open your eyes wide, let your mouth fall open.',
  sad: 'Raise the inner ends of your brows, draw down the corners of your mouth.',
  angry: 'Draw your brows down and together, press your lips together.',
  fear: 'Raise your brows and draw them together, open your eyes wide, pull your lips back.',
  disgust: 'Wrinkle your nose and raise your upper lip.',
};

/** Easy ones first. */
const order = ['neutral', 'happy', 'surprise', 'sad', 'angry', 'fear', 'disgust'];

export interface GuidedLimits {
  /** Frames of each expression. */
  readonly wanted: number;
  readonly countdownMs: number;
  /** Least time between two frames of one expression. */
  readonly spacingMs: number;
  /** How long the pictures taken are shown before the next expression is asked for. */
  readonly shownMs: number;
}

export const guidedLimits: GuidedLimits = { wanted: 3, countdownMs: 3000, spacingMs: 250, shownMs: 1200 };

export interface GuidedState {
  readonly phase: 'countdown' | 'taking' | 'taken' | 'done';
  readonly expression: string;
  /** What to do, in a sentence. */
  readonly asked: string;
  /** Number of this expression, from 1, and how many there are. */
  readonly step: number;
  readonly steps: number;
  /** Until frames are taken. */
  readonly secondsLeft: number;
  readonly wanted: number;
  /** Those taken of this expression. */
  readonly pictures: readonly GreyPicture[];
  /** Why no frame is taken; '' when nothing prevents it. */
  readonly hint: string;
}

/** The sentence that asks for an expression. */
export function wordsFor(expression: string): string {
  return asked[expression] ?? `Show: ${expression}.`;
}

/** One person's guided calibration. Times are monotonic milliseconds. */
export class GuidedCalibration {
  readonly limits: GuidedLimits;
  readonly #expressions: readonly string[];
  readonly #cut: (picture: Picture, face: Face) => GreyPicture;
  readonly #gate = new FaceGate();
  readonly #taken = new Map<string, GreyPicture[]>();
  #step = 0;
  #phase: GuidedState['phase'] = 'countdown';
  #sinceMs: number;
  #nowMs: number;
  #lastTakenMs = Number.NEGATIVE_INFINITY;
  #hint = '';

  /** `cut` crops the picture that is kept: the model's input. */
  constructor(
    expressions: readonly string[],
    cut: (picture: Picture, face: Face) => GreyPicture,
    nowMs: number,
    limits: Partial<GuidedLimits> = {},
  ) {
    const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
    this.#expressions = [...expressions].sort((a, b) => rank(a) - rank(b));
    this.#cut = cut;
    this.limits = { ...guidedLimits, ...limits };
    this.#sinceMs = nowMs;
    this.#nowMs = nowMs;
  }

  get state(): GuidedState {
    const expression = this.#expressions[Math.min(this.#step, this.#expressions.length - 1)]!;
    const left = this.#phase === 'countdown' ? this.limits.countdownMs - (this.#nowMs - this.#sinceMs) : 0;
    return {
      ...{ phase: this.#phase, expression, asked: wordsFor(expression), hint: this.#hint },
      ...{ step: this.#step + 1, steps: this.#expressions.length, wanted: this.limits.wanted },
      secondsLeft: Math.max(0, Math.ceil(left / 1000)),
      pictures: this.#taken.get(expression) ?? [],
    };
  }

  /** All pictures taken, in the order of the expressions. */
  get pictures(): readonly PersonalExample[] {
    return this.#expressions.flatMap((expression) =>
      (this.#taken.get(expression) ?? []).map((picture) => ({ expression, picture })),
    );
  }

  /** Takes one frame. `wrongPerson` is the name of another person in it, whose face is not taken. */
  offer(picture: Picture, faces: readonly Face[], nowMs: number, wrongPerson?: string): void {
    this.#nowMs = nowMs;
    const checked = this.#gate.check(picture, faces);
    const elapsedMs = nowMs - this.#sinceMs;
    if (this.#phase === 'countdown' && elapsedMs >= this.limits.countdownMs) this.#enter('taking');
    if (this.#phase === 'taken' && elapsedMs >= this.limits.shownMs) this.next(nowMs);
    // Shown during the countdown too, while there is time to correct it.
    this.#hint =
      'fault' in checked ? checked.fault : wrongPerson === undefined ? '' : `This looks like ${wrongPerson}.`;
    if (this.#phase !== 'taking' || 'fault' in checked || wrongPerson !== undefined) return;
    if (nowMs - this.#lastTakenMs < this.limits.spacingMs) return;
    const crop = this.#cut(picture, checked.face);
    this.#hint = this.#gate.pictureFault(crop) ?? '';
    if (this.#hint !== '') return;
    const { expression } = this.state;
    const pictures = [...(this.#taken.get(expression) ?? []), crop];
    this.#taken.set(expression, pictures);
    this.#lastTakenMs = nowMs;
    if (pictures.length >= this.limits.wanted) this.#enter('taken');
  }

  /** Drops the pictures of this expression and counts down again. */
  retake(nowMs: number): void {
    if (this.#phase === 'done') return;
    this.#nowMs = nowMs;
    this.#taken.delete(this.state.expression);
    this.#enter('countdown');
  }

  /** Leaves this expression out. */
  skip(nowMs: number): void {
    if (this.#phase === 'done') return;
    this.#taken.delete(this.state.expression);
    this.next(nowMs);
  }

  /** Goes on to the next expression; after the last one the calibration is done. */
  next(nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#phase === 'done') return;
    if (this.#step + 1 < this.#expressions.length) {
      this.#step++;
      this.#enter('countdown');
    } else this.#enter('done');
  }

  #enter(phase: GuidedState['phase']): void {
    this.#phase = phase;
    this.#sinceMs = this.#nowMs;
    this.#hint = '';
    if (phase === 'countdown') this.#lastTakenMs = Number.NEGATIVE_INFINITY;
  }
}
