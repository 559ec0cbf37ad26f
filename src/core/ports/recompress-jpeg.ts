// Passing a picture through JPEG, whose encoder is a place's own (sharp in Node).
import type { GreyPicture } from '../image/picture.js';

/** The picture as JPEG of `quality` 1..100 gives it back: same size, grey. Throws MediaError when the place cannot encode or decode it. */
export type RecompressJpeg = (picture: GreyPicture, quality: number) => Promise<GreyPicture>;
