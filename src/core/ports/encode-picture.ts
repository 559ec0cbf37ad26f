// Encoding a picture as a PNG file's bytes; a place implements it (sharp in Node, a canvas in the page).
import type { Picture } from '../image/picture.js';

/** The bytes of a PNG file with the picture's pixels, lossless. */
export type EncodePicture = (picture: Picture) => Promise<Uint8Array>;
