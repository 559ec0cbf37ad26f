// RGB to grey exactly as OpenCV's cvtColor does it for 8-bit pictures (BT.601 luma, 15-bit fixed point).
import type { GreyPicture, Picture } from './picture.js';

// OpenCV 4's RY15, GY15, BY15: 0.299, 0.587, 0.114 times 2^15; they add up to 2^15.
const RED = 9798;
const GREEN = 19235;
const BLUE = 3735;
const HALF = 1 << 14;
const SHIFT = 15;

/** The grey picture of `picture` (alpha is ignored); a picture that is grey already is returned as it is. */
export function toGrey(picture: Picture): GreyPicture {
  if (isGrey(picture)) return picture;
  const { width, height, channels, data } = picture;
  const grey = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < grey.length; i++, j += channels) {
    grey[i] = (RED * data[j]! + GREEN * data[j + 1]! + BLUE * data[j + 2]! + HALF) >> SHIFT;
  }
  return { width, height, channels: 1, data: grey };
}

/** Whether the picture has one channel. */
export function isGrey(picture: Picture): picture is GreyPicture {
  return picture.channels === 1;
}

/** The picture in colour: a grey one gets three equal channels, another is returned as it is. */
export function inColour(picture: Picture): Picture {
  if (!isGrey(picture)) return picture;
  const data = new Uint8Array(picture.data.length * 3);
  for (const [i, value] of picture.data.entries()) data.fill(value, 3 * i, 3 * i + 3);
  return { ...picture, channels: 3, data };
}
