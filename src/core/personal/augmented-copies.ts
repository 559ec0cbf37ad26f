// Augmented copies of a personal example: mirrored, in other light and with a slightly different crop.
import { mirror } from '../image/mirror.js';
import type { GreyPicture } from '../image/picture.js';
import { createRandom } from '../numbers/random.js';
import { type Augmentation, augment } from '../training/augmentation.js';

/** Copies of each picture; five raised the accuracy under changed light by ten percentage points, more did not raise it further. */
const COPIES = 5;

/** The variation of a webcam and a detector from day to day. */
const changes: Augmentation = {
  flip: 0.5,
  rotation: 8,
  zoom: [0.93, 1.08],
  shift: 0.06,
  light: { probability: 1, gamma: [0.6, 1.6], side: 0.4, blur: 0.012, noise: 5 },
  erasing: { probability: 0, area: [0, 0] },
};

/** The picture, its mirror image and its copies; always the same for the same picture. */
export function augmentedCopies(picture: GreyPicture): GreyPicture[] {
  const { width, height, data } = picture;
  const source = { pixels: Uint8Array.from(data), offset: 0, width, height };
  const copies = Array.from({ length: COPIES }, (_, copy): GreyPicture => {
    const values = new Float32Array(width * height);
    augment(source, { values, offset: 0, width, height, view: { width, height } }, changes, createRandom(1, copy));
    return {
      width,
      height,
      channels: 1,
      data: Uint8Array.from(values, (value) => Math.round(Math.min(255, Math.max(0, value)))),
    };
  });
  return [picture, mirror(picture), ...copies];
}
