// Finds the face in a person's picture, or all faces: in a photograph, or a crop so tight that a detector misses it.
import { type Face, type FaceDetector, mapFace } from '../detect/face.js';
import { mainFace } from '../detect/main-face.js';
import type { Picture } from '../image/picture.js';

/** Pictures of at most so many pixels a side are faces that are cropped already, as the models' own pictures are. */
const croppedFacePx = 100;
/** Crops are at most this large, in pixels, and nearly square. */
const largestCropPx = 512;
const widestCropShape = 1.6;
/** Grey margin around a crop, as a share of its longer side; detectors expect some background. */
const margin = 0.5;
const marginGrey = 127;

/** Whether the picture is so small that it is taken whole, as a cropped face, and not searched. */
export function isCroppedFace({ width, height }: Pick<Picture, 'width' | 'height'>): boolean {
  return Math.max(width, height) <= croppedFacePx;
}

/** Every face in the picture; when none is found and the picture may be a crop, it is searched with a grey margin around it too. */
export async function findAllFaces(picture: Picture, detector: FaceDetector): Promise<Face[]> {
  const faces = await detector.detect(picture);
  return faces.length > 0 || !looksLikeCrop(picture) ? faces : findInMargin(picture, detector);
}

/**
 * The face to use: a detected one, or 'whole' when none is found but the picture may be a crop of a face (at most
 * 512 pixels, sides at most 1.6 : 1), otherwise the reason why there is none. A crop is also searched with a grey margin around it.
 */
export async function findFace(picture: Picture, detector: FaceDetector): Promise<Face | 'whole' | 'none' | 'several'> {
  const found = mainFace(await detector.detect(picture));
  if (found !== 'none' || !looksLikeCrop(picture)) return found;
  const inMargin = mainFace(await findInMargin(picture, detector));
  return inMargin === 'none' || inMargin === 'several' ? 'whole' : inMargin;
}

async function findInMargin(picture: Picture, detector: FaceDetector): Promise<Face[]> {
  const border = Math.round(margin * Math.max(picture.width, picture.height));
  const faces = await detector.detect(withMargin(picture, border));
  return faces.map((face) => mapFace(face, ([x, y]) => [x - border, y - border]));
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
