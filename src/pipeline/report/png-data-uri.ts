// A PNG file as a data URI: `data:image/png;base64,…` (RFC 2397).
import { encodeBase64 } from '../../core/bytes/base64.js';

/** The data URI of a PNG file's bytes. */
export function pngDataUri(png: Uint8Array): string {
  return `data:image/png;base64,${encodeBase64(png)}`;
}
