// Collecting one person's face pictures: which frames are good enough, and what to say when one is not.
import type { Face } from '../../../core/detect/face.js';
import { FaceGate, type FaceGateLimits, faceGateLimits } from '../../../core/detect/face-gate.js';
import type { GreyPicture, Picture } from '../../../core/image/picture.js';

export interface EnrolmentLimits extends FaceGateLimits {
  /** Pictures to collect. */
  readonly wanted: number;
  /** Least time between two pictures, milliseconds: neighbouring frames show nothing new. */
  readonly spacingMs: number;
}

export const enrolmentLimits: EnrolmentLimits = { ...faceGateLimits, wanted: 60, spacingMs: 80 };

const goOn = 'Good. Turn your head a little, change your expression.';

/** One person's enrolment under way. Offer it every analysed frame; it takes what is good and spaced in time. */
export class Enrolment {
  readonly name: string;
  readonly limits: EnrolmentLimits;
  readonly pictures: GreyPicture[] = [];
  hint = 'Look at the camera.';
  readonly #crop: (picture: Picture, face: Face) => GreyPicture;
  #lastTakenMs = Number.NEGATIVE_INFINITY;
  readonly #gate: FaceGate;

  /** `crop` makes the picture that is kept (the recogniser's own alignment). */
  constructor(
    name: string,
    crop: (picture: Picture, face: Face) => GreyPicture,
    limits: Partial<EnrolmentLimits> = {},
  ) {
    this.name = name;
    this.#crop = crop;
    this.limits = { ...enrolmentLimits, ...limits };
    this.#gate = new FaceGate(this.limits);
  }

  get isComplete(): boolean {
    return this.pictures.length >= this.limits.wanted;
  }

  /** Takes one frame's faces; true when a picture was kept. */
  offer(picture: Picture, faces: readonly Face[], nowMs: number): boolean {
    if (this.isComplete) return false;
    const checked = this.#gate.check(picture, faces);
    if ('fault' in checked) {
      this.hint = checked.fault;
      return false;
    }
    if (nowMs - this.#lastTakenMs < this.limits.spacingMs) return false;
    const crop = this.#crop(picture, checked.face);
    const blemish = this.#gate.pictureFault(crop);
    this.hint = blemish ?? goOn;
    if (blemish) return false;
    this.pictures.push(crop);
    this.#lastTakenMs = nowMs;
    return true;
  }
}
