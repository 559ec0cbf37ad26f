// Decoding a picture file's bytes; a place implements it (sharp in Node, the browser's own decoder in the page).
import type { Picture } from '../image/picture.js';

/** Decodes the bytes of one picture file, upright. Throws MediaError when they are not a picture, or one too large. */
export type DecodePicture = (bytes: Uint8Array) => Promise<Picture>;
