// Depth beside a detector: how far faces are, and which finds cannot be faces.
import { ConfigError, MediaError } from '../../errors.js';
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Box, Picture } from '../../image/picture.js';
import { type DepthCamera, focalLengthPx, kinectCamera, requireDepthCamera } from './depth-camera.js';
import { disparityToMillimetres, toMillimetres } from './depth-disparity.js';
import { depthOfFace } from './depth-of-face.js';
import { type DepthRules, defaultDepthRules, requireDepthRules, whyNoFace } from './depth-rules.js';
import { blackOutside, nearMask } from './near-mask.js';

/**
 * - `size`: finds must obey the rules of distance, size and flatness; what depth says too little of stays.
 * - `segment`: as the study case: the detector sees what is near, all else is black.
 * - `off`: only measures how far faces are.
 */
export type DepthFilterMode = 'size' | 'segment' | 'off';
export const depthFilterModes: readonly DepthFilterMode[] = ['size', 'segment', 'off'];

export interface DepthFilterOptions {
  readonly mode?: DepthFilterMode;
  /** Default: a Kinect v1's. */
  readonly camera?: DepthCamera;
  readonly rules?: Partial<DepthRules>;
  /** `segment`: farthest distance that is near. Default: the study case's raw value 803, 1206 mm. */
  readonly nearMm?: number;
  /** Moves raw disparity onto the colour picture, in pixels at a width of 640. Default: the study case's, measured by eye. */
  readonly shift?: readonly [right: number, down: number];
}

/** What depth says of one find. */
export interface DepthJudgement {
  /** Millimetres from the camera; null where nothing was measured. */
  readonly depthMm: number | null;
  /** Why it cannot be a face; undefined when it may be one. */
  readonly reason: string | undefined;
}

/** One frame through the filter. */
export interface DepthView {
  /** What the detector is to see. */
  readonly picture: Picture;
  judge(box: Box): DepthJudgement;
}

const studyCaseShift = [-35, 30] as const;
const studyCaseNear = 803;

/** Throws ConfigError for a camera, rules or a distance that cannot be. */
export class DepthFilter {
  readonly #mode: DepthFilterMode;
  readonly #camera: DepthCamera;
  readonly #rules: DepthRules;
  readonly #nearMm: number;
  readonly #shift: readonly [right: number, down: number];

  constructor(options: DepthFilterOptions = {}) {
    const { mode = 'size', camera = kinectCamera, shift = studyCaseShift } = options;
    const { nearMm = disparityToMillimetres(studyCaseNear) } = options;
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

  /** Looks at a picture with its depth, which show the same view in any sizes. Throws MediaError for broken depth. */
  look(picture: Picture, depth: DepthPicture): DepthView {
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
