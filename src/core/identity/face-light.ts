// Illumination normalisation of a face before LBPH, and the LBPH options that belong to it.
import type { CropSize } from '../detect/face-crop.js';
import type { GreyPicture } from '../image/picture.js';
import { tanTriggs } from '../image/tan-triggs.js';
import type { LbphOptions } from './lbph.js';

/** `tan-triggs` normalises the illumination; `as-is` leaves faces as OpenCV's recogniser gets them. */
export type FaceLight = 'tan-triggs' | 'as-is';

/** How faces are prepared for the recogniser. */
export interface FaceCut {
  /** Whether they are cropped upright by the eyes. */
  readonly align: boolean;
  readonly light: FaceLight;
  /** Undefined in a file of OpenCV's own, which does not record it. */
  readonly faceSize: CropSize | undefined;
}

/**
 * After illumination normalisation a larger radius and fewer cells work best (docs/experiments/identity.md, 'Preparing the
 * faces'); as-is has OpenCV's own settings.
 */
const usualLbph = {
  'tan-triggs': { radius: 4, neighbors: 8, gridX: 6, gridY: 6 },
  'as-is': { radius: 1, neighbors: 8, gridX: 8, gridY: 8 },
} as const satisfies Record<FaceLight, LbphOptions>;

/** The LBPH options for this preparation. */
export function lbphForLight(light: FaceLight): Required<Omit<LbphOptions, 'threshold'>> {
  return usualLbph[light];
}

/** The face as LBPH's input. */
export function inLight(face: GreyPicture, light: FaceLight): GreyPicture {
  return light === 'tan-triggs' ? tanTriggs(face) : face;
}
