// Detects a picture file's format from its first bytes, because file names can be wrong.

const signatures: readonly (readonly [format: string, at: number, bytes: string])[] = [
  ['JPEG', 0, '\xff\xd8\xff'],
  ['PNG', 0, '\x89PNG\r\n\x1a\n'],
  ['GIF', 0, 'GIF8'],
  ['WebP', 8, 'WEBP'],
  ['AVIF', 4, 'ftypavif'],
  ['HEIF', 4, 'ftyp'],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['PGM', 0, 'P2'],
  ['PGM', 0, 'P5'],
  ['PPM', 0, 'P3'],
  ['PPM', 0, 'P6'],
  ['BMP', 0, 'BM'],
];

/** The format's usual name, or `unknown`. */
export function pictureFormat(bytes: Uint8Array): string {
  const found = signatures.find(([, at, signature]) =>
    [...signature].every((character, i) => bytes[at + i] === character.charCodeAt(0)),
  );
  return found?.[0] ?? 'unknown';
}
