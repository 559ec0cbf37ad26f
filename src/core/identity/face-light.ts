// What is done about the light on a face before LBPH sees it, and the LBPH options that go with it.
import type { CropSize } from '../detect/face-crop.js';
import type { GreyPicture } from '../image/picture.js';
import { tanTriggs } from '../image/tan-triggs.js';
import type { LbphOptions } from './lbph.js';

/** `tan-triggs` takes the light out; `as-is` leaves faces as OpenCV's recogniser sees them. */
export type FaceLight = 'tan-triggs' | 'as-is';

/** How faces are brought to the recogniser. */
export interface FaceCut {
  /** Whether they are cut upright at the eyes. */
  readonly align: boolean;
  readonly light: FaceLight;
  /** Undefined in a file of OpenCV's own, which does not say. */
  readonly faceSize: CropSize | undefined;
}

/** Texture without light is best compared on a wider circle in fewer cells (docs/experiments.md); as-is, OpenCV's own. */
const usualLbph = {
  'tan-triggs': { radius: 4, neighbors: 8, gridX: 6, gridY: 6 },
  'as-is': { radius: 1, neighbors: 8, gridX: 8, gridY: 8 },
} as const satisfies Record<FaceLight, LbphOptions>;

/** The LBPH options that go with faces in this light. */
export function lbphForLight(light: FaceLight): Required<Omit<LbphOptions, 'threshold'>> {
  return usualLbph[light];
}

/** The face as LBPH sees it. */
export function inLight(face: GreyPicture, light: FaceLight): GreyPicture {
  return light === 'tan-triggs' ? tanTriggs(face) : face;
}
