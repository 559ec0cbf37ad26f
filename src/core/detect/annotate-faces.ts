// Draws detections into a copy of a picture.
import { drawBox, drawText, fillRect, textSize } from '../image/draw.js';
import type { Box, Picture } from '../image/picture.js';
import type { Face } from './face.js';

const BOX = [64, 220, 130] as const;
const POINT = [255, 96, 96] as const;
const QUIET = [120, 128, 140] as const;
const TEXT = [10, 20, 14] as const;

export interface ShownFaces {
  readonly faces: readonly Face[];
  /** Drawn grey. */
  readonly rejected?: readonly { readonly box: Box }[];
}

/** A copy of the picture with every face's box, score and key points; lines grow with the picture. */
export function annotateFaces(picture: Picture, { faces, rejected = [] }: ShownFaces): Picture {
  const copy: Picture = { ...picture, data: Uint8Array.from(picture.data) };
  const unit = Math.max(1, Math.round(Math.max(picture.width, picture.height) / 640));
  for (const { box } of rejected) drawBox(copy, box, QUIET, 2 * unit);
  for (const { box, score, keypoints } of faces) {
    drawBox(copy, box, BOX, 2 * unit);
    const label = score.toFixed(2);
    const { height } = textSize(label, { scale: unit });
    // Above the box, or inside when there is no room above.
    const y = box[1] >= height ? box[1] - height : box[1];
    drawText(copy, label, [box[0], y], TEXT, { scale: unit, background: BOX });
    for (const [px, py] of Object.values(keypoints ?? {}))
      fillRect(copy, [px - unit, py - unit, 2 * unit, 2 * unit], POINT);
  }
  return copy;
}
