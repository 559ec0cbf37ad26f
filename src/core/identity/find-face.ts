// Finds the face of a person's picture, be it a photograph or a crop so tight that a detector misses it.
import type { Face, FaceDetector, FaceKeypoints } from '../detect/face.js';
import { mainFace } from '../detect/main-face.js';
import type { Picture, Point } from '../image/picture.js';

/** Crops are at most this large, in pixels, and nearly square. */
const largestCropPx = 512;
const widestCropShape = 1.6;
/** Grey around a crop, as a share of its longer side; detectors expect some surroundings. */
const margin = 0.5;
const marginGrey = 127;

/**
 * The face to use: a detected one, or 'whole' when none is found but the picture looks like a crop of a face (at most
 * 512 pixels, sides at most 1.6 : 1), else why there is none. A crop is also searched with a grey margin around it.
 */
export async function findFace(picture: Picture, detector: FaceDetector): Promise<Face | 'whole' | 'none' | 'several'> {
  const found = mainFace(await detector.detect(picture));
  if (found !== 'none' || !looksLikeCrop(picture)) return found;
  const border = Math.round(margin * Math.max(picture.width, picture.height));
  const inMargin = mainFace(await detector.detect(withMargin(picture, border)));
  if (inMargin === 'none' || inMargin === 'several') return 'whole';
  return moved(inMargin, -border);
}

function looksLikeCrop({ width, height }: Picture): boolean {
  const longer = Math.max(width, height);
  return longer <= largestCropPx && longer <= widestCropShape * Math.min(width, height);
}

function withMargin({ width, height, channels, data }: Picture, border: number): Picture {
  const stride = (width + 2 * border) * channels;
  const out = new Uint8Array(stride * (height + 2 * border)).fill(marginGrey);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * channels, (y + 1) * width * channels);
    out.set(row, (y + border) * stride + border * channels);
  }
  return { width: width + 2 * border, height: height + 2 * border, channels, data: out };
}

function moved({ box, score, keypoints }: Face, by: number): Face {
  const [x, y, width, height] = box;
  const point = (from: Point): Point => [from[0] + by, from[1] + by];
  const points =
    keypoints === null
      ? null
      : (Object.fromEntries(
          Object.entries(keypoints).map(([key, at]) => [key, point(at)]),
        ) as unknown as FaceKeypoints);
  return { box: [x + by, y + by, width, height], score, keypoints: points };
}
