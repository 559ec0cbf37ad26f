// The distortions of the stress test: eight kinds of distortion, each at three strengths, as a webcam and a face detector cause them.
import { adjustGamma } from '../../core/image/gamma.js';
import { gaussianBlur } from '../../core/image/gaussian-blur.js';
import { addGaussianNoise } from '../../core/image/gaussian-noise.js';
import { lowerResolution } from '../../core/image/lower-resolution.js';
import type { GreyPicture } from '../../core/image/picture.js';
import { reframe } from '../../core/image/reframe.js';
import { lightFromSide } from '../../core/image/side-light.js';
import type { Random } from '../../core/numbers/random.js';

/** Lengths in pixels are those of a picture this wide, FER2013's; other pictures get the same share of their width. */
const stressWidthPx = 48;

/** Distorts one picture. It draws the same numbers whatever the strength, so a stronger distortion is more of the same. */
export type Distort = (picture: GreyPicture, strength: number, random: Random) => GreyPicture;

export interface Stress {
  readonly name: string;
  /** The unit of the strengths. */
  readonly unit: string;
  readonly strengths: readonly [weak: number, medium: number, strong: number];
  /** The stream of its random numbers: never changed, so that figures stay comparable when stresses are added. */
  readonly stream: number;
  readonly distort: Distort | 'jpeg';
}

export const stresses: readonly Stress[] = [
  {
    // Automatic exposure against a bright window or a dark room moves middle grey from 128 to 64 or 181 at the most.
    name: 'gamma',
    unit: 'exponent',
    strengths: [1.3, 1.6, 2],
    stream: 1,
    distort: (picture, strength, random) => adjustGamma(picture, random.next() < 0.5 ? strength : 1 / strength),
  },
  {
    // A window or a lamp beside the desk, level with the face or up to 45 degrees above it; at 0.9 the far side is nearly black.
    name: 'side light',
    unit: 'share',
    strengths: [0.4, 0.65, 0.9],
    stream: 2,
    distort: (picture, strength, random) => {
      const above = random.between(0, 45);
      return lightFromSide(picture, { strength, degrees: random.next() < 0.5 ? 180 + above : 360 - above });
    },
  },
  {
    // Boxes of different detectors, and of one from frame to frame, differ by so much; their sizes err as their places do.
    name: 'shift and zoom',
    unit: 'of the side',
    strengths: [0.04, 0.08, 0.12],
    stream: 3,
    distort: (picture, strength, random) => {
      const angle = random.between(0, 2 * Math.PI);
      const zoom = random.next() < 0.5 ? 1 + strength : 1 / (1 + strength);
      return reframe(picture, { shiftX: strength * Math.cos(angle), shiftY: strength * Math.sin(angle), zoom });
    },
  },
  {
    // A tilted head that is not turned upright, or eyes found in the wrong place.
    name: 'turn',
    unit: 'degrees',
    strengths: [5, 10, 15],
    stream: 4,
    distort: (picture, strength, random) => reframe(picture, { degrees: random.next() < 0.5 ? strength : -strength }),
  },
  {
    // Out of focus, or moving during a long exposure in the evening.
    name: 'blur',
    unit: 'px of 48',
    strengths: [0.5, 1, 1.5],
    stream: 5,
    distort: (picture, strength) => gaussianBlur(picture, (strength * picture.width) / stressWidthPx),
  },
  {
    // A small sensor with its gain turned up.
    name: 'noise',
    unit: 'grey levels',
    strengths: [6, 12, 24],
    stream: 6,
    distort: (picture, strength, random) => addGaussianNoise(picture, strength, random),
  },
  {
    // Somebody three to six metres from a 640 x 480 camera.
    name: 'low resolution',
    unit: 'px of 48',
    strengths: [32, 24, 16],
    stream: 7,
    distort: (picture, strength) =>
      lowerResolution(picture, Math.max(1, Math.round((strength * picture.width) / stressWidthPx))),
  },
  {
    // Video calls and cheap cameras. Harsher than in life, where a face is compressed before it is shrunk to 48 pixels.
    name: 'JPEG',
    unit: 'quality',
    strengths: [60, 30, 10],
    stream: 8,
    distort: 'jpeg',
  },
];
