// The depth filter: the distance of detections, and which of them cannot be faces.
import { ConfigError, MediaError } from '../../errors.js';
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Box, Picture } from '../../image/picture.js';
import { type DepthCamera, focalLengthPx, kinectCamera, requireDepthCamera } from './depth-camera.js';
import { disparityToMillimetres, toMillimetres } from './depth-disparity.js';
import { depthOfFace } from './depth-of-face.js';
import { type DepthRules, defaultDepthRules, requireDepthRules, whyNoFace } from './depth-rules.js';
import { blackOutside, nearMask } from './near-mask.js';

/**
 * - `size`: detections must obey the rules of distance, size and flatness; those with too little depth pass.
 * - `segment`: as the study case: the detector's picture is black where nothing is near.
 * - `off`: only measures distances.
 */
export type DepthFilterMode = 'size' | 'segment' | 'off';
export const depthFilterModes: readonly DepthFilterMode[] = ['size', 'segment', 'off'];

export interface DepthFilterOptions {
  readonly mode?: DepthFilterMode;
  /** Default: a Kinect v1's. */
  readonly camera?: DepthCamera;
  readonly rules?: Partial<DepthRules>;
  /** `segment`: largest distance that is near. Default: the study case's raw value 803, 1206 mm. */
  readonly nearMm?: number;
  /** Moves raw disparity onto the colour picture, in pixels at a width of 640. Default: the study case's, measured by eye. */
  readonly shift?: readonly [right: number, down: number];
}

/** The filter's judgement of one detection. */
export interface DepthJudgement {
  /** Millimetres from the camera; null where nothing was measured. */
  readonly depthMm: number | null;
  /** Why it cannot be a face; undefined when it can. */
  readonly reason: string | undefined;
}

/** One frame with its depth. */
export interface DepthView {
  /** The detector's input. */
  readonly picture: Picture;
  judge(box: Box): DepthJudgement;
}

const studyCaseShift = [-35, 30] as const;
/** The study case's raw value 803, in millimetres. */
export const defaultNearMm = disparityToMillimetres(803);

/** Throws ConfigError for an invalid camera, rule or distance. */
export class DepthFilter {
  readonly #mode: DepthFilterMode;
  readonly #camera: DepthCamera;
  readonly #rules: DepthRules;
  readonly #nearMm: number;
  readonly #shift: readonly [right: number, down: number];

  constructor(options: DepthFilterOptions = {}) {
    const { mode = 'size', camera = kinectCamera, shift = studyCaseShift } = options;
    const { nearMm = defaultNearMm } = options;
    requireDepthCamera(camera);
    this.#rules = { ...defaultDepthRules, ...options.rules };
    requireDepthRules(this.#rules);
    if (!(nearMm > 0)) throw new ConfigError(`the depth filter's nearMm must be more than 0, found ${nearMm}`);
    if (!shift.every(Number.isFinite)) {
      throw new ConfigError(`the depth filter's shift must be two numbers of pixels, found ${shift.join(', ')}`);
    }
    this.#mode = mode;
    this.#camera = camera;
    this.#nearMm = nearMm;
    this.#shift = shift;
  }

  /** Prepares a picture and its depth, which show the same view, each in its own size. Throws MediaError for broken depth. */
  view(picture: Picture, depth: DepthPicture): DepthView {
    requireDepthPicture(depth);
    const registered = toMillimetres(depth, this.#shift);
    const { width, height } = picture;
    const view = { width, height, focalPx: focalLengthPx(this.#camera, width) };
    return {
      picture:
        this.#mode === 'segment' ? blackOutside(picture, nearMask(registered, this.#nearMm), registered) : picture,
      judge: (box) => {
        const face = depthOfFace(registered, box, view);
        const { depthMm } = face;
        return { depthMm, reason: this.#mode === 'size' ? whyNoFace(face, this.#rules) : undefined };
      },
    };
  }
}

function requireDepthPicture({ width, height, data }: DepthPicture): void {
  const whole = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  if (whole && data.length === width * height) return;
  throw new MediaError(
    `a depth picture must have width * height values of 16 bit, found ${width}x${height} and ${data.length} values; ` +
      'check the source that made it',
  );
}
