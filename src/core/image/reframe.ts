// A face picture with another framing in the same size: shifted, rotated, zoomed.
import type { GreyPicture } from './picture.js';
import { warpAffine } from './warp-affine.js';

/** How the content moves; the defaults change nothing. */
export interface Framing {
  /** Shift to the right, as a share of the width. */
  readonly shiftX?: number;
  /** Shift downwards, as a share of the height. */
  readonly shiftY?: number;
  /** Rotation about the centre, clockwise. */
  readonly degrees?: number;
  /** Above 1 the content grows about the centre. */
  readonly zoom?: number;
}

/** The reframed picture; what lies outside repeats the border. Throws RangeError unless all numbers are finite and the zoom positive. */
export function reframe(grey: GreyPicture, { shiftX = 0, shiftY = 0, degrees = 0, zoom = 1 }: Framing): GreyPicture {
  if (!(zoom > 0)) throw new RangeError(`reframe: the zoom must be above 0, found ${zoom}`);
  const { width, height } = grey;
  const cos = Math.cos((degrees * Math.PI) / 180) / zoom;
  const sin = Math.sin((degrees * Math.PI) / 180) / zoom;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const fromX = middleX + shiftX * width;
  const fromY = middleY + shiftY * height;
  return warpAffine(
    grey,
    [cos, sin, middleX - cos * fromX - sin * fromY, -sin, cos, middleY + sin * fromX - cos * fromY],
    width,
    height,
  );
}
