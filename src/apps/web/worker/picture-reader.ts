// Reads the faces in a picture file, as the model's input.
import { decodePicture } from '../../../adapters/browser/image-codec.js';
import { openSession } from '../../../adapters/browser/session.js';
import type { FaceDetector } from '../../../core/detect/face.js';
import { openNetworkDetector } from '../../../core/detect/networks/open-detector.js';
import { MediaError } from '../../../core/errors.js';
import { decodeNetpbm, isNetpbm } from '../../../core/image/netpbm.js';
import type { Picture } from '../../../core/image/picture.js';
import type { PictureSize } from '../../../core/model/picture-front.js';
import { type CutFace, cutFaces } from '../../../pipeline/predict/predict.js';
import { readDetector } from './detector-files.js';
import { fetchModel } from './model-files.js';

/** The faces of a picture, the largest first, and its size. */
export interface ReadPicture {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly CutFace[];
}

/** Throws MediaError when the file is no picture. */
export type ReadFaces = (file: Blob, size: PictureSize) => Promise<ReadPicture>;

/** The whole picture is the face, stretched to the model's input, as the training pictures are. */
export const readCroppedFace: ReadFaces = (file, size) => read(file, size, undefined);

/** Finds the faces first, except in pictures so small that they are cropped faces. Throws DeviceError when the server has no detector. */
export async function openFaceFinder(modelsUrl: string): Promise<ReadFaces> {
  const get = (name: string): Promise<Uint8Array | undefined> => fetchModel(new URL(name, modelsUrl).href, () => {});
  const detector = await openNetworkDetector(await readDetector(get), openSession, { search: 'thorough' });
  return (file, size) => read(file, size, detector);
}

async function read(file: Blob, size: PictureSize, detector: FaceDetector | undefined): Promise<ReadPicture> {
  const picture = await decode(file);
  const { width, height } = picture;
  return { width, height, faces: await cutFaces(picture, size, detector) };
}

async function decode(file: Blob): Promise<Picture> {
  if (file.size === 0) throw new MediaError('it is empty (0 bytes)');
  const bytes = new Uint8Array(await file.arrayBuffer());
  return isNetpbm(bytes) ? decodeNetpbm(bytes) : decodePicture(bytes);
}
