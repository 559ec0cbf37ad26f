// Reads a picture file as the face that the model is to be given.
import { decodePicture } from '../../../adapters/browser/image-codec.js';
import { openSession } from '../../../adapters/browser/session.js';
import { mainFace } from '../../../core/detect/main-face.js';
import { NeuralFaceDetector } from '../../../core/detect/neural-detector.js';
import { DeviceError, MediaError } from '../../../core/errors.js';
import { cropFace } from '../../../core/image/face-crop.js';
import { toGrey } from '../../../core/image/grey.js';
import { decodeNetpbm, isNetpbm } from '../../../core/image/netpbm.js';
import type { GreyPicture, Picture } from '../../../core/image/picture.js';
import { resizeGrey } from '../../../core/image/resize.js';
import type { PictureSize } from '../../../core/nn/picture-front.js';
import { fetchModel } from './model-files.js';

/** A face of the model's input size. Throws MediaError when the file is no picture, or shows no one face. */
export type ReadFace = (file: Blob, size: PictureSize) => Promise<GreyPicture>;

/** The whole picture is the face, stretched to the model's input, as the training pictures are. */
export const readCroppedFace: ReadFace = async (file, { width, height }) =>
  resizeGrey(toGrey(await decode(file)), width, height);

/** Finds the face first. Throws DeviceError when the server has no detector. */
export async function openFaceFinder(modelsUrl: string): Promise<ReadFace> {
  const get = (name: string): Promise<Uint8Array | undefined> => fetchModel(new URL(name, modelsUrl).href, () => {});
  const [fullRange, shortRange] = await Promise.all(['face-full-range.onnx', 'face-short-range.onnx'].map(get));
  if (!fullRange) {
    throw new DeviceError('The face detector must be built, but the server has none; run `npm run build`.');
  }
  const detector = await NeuralFaceDetector.open({ fullRange, ...(shortRange ? { shortRange } : {}) }, openSession);
  return async (file, size) => {
    const picture = await decode(file);
    const face = mainFace(await detector.detect(picture));
    if (face === 'none') throw new MediaError('it must show a face, and none was found; crop it to the face');
    if (face === 'several') throw new MediaError('it must show one face, and several are as large; crop it to one');
    return cropFace(picture, face, size);
  };
}

async function decode(file: Blob): Promise<Picture> {
  if (file.size === 0) throw new MediaError('it is empty (0 bytes)');
  const bytes = new Uint8Array(await file.arrayBuffer());
  return isNetpbm(bytes) ? decodeNetpbm(bytes) : decodePicture(bytes);
}
