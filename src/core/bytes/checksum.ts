// A checksum that finds damage, not forgery: XXH32 (Yann Collet, 2014). Twenty times as fast as SHA-256 in TypeScript, so that every
// checkpoint can have one.

const [prime1, prime2, prime3, prime4, prime5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

/** 64 bits as 16 hexadecimal characters: XXH32 with the seeds 0 and 1. */
export function checksum(bytes: Uint8Array): string {
  // Words are read at multiples of four.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return hex(xxh32(aligned, 0)) + hex(xxh32(aligned, 1));
}

const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** `bytes` must begin at a multiple of four in its buffer. Words are as the machine has them: little endian wherever this runs. */
export function xxh32(bytes: Uint8Array, seed: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const stripes = bytes.length >>> 4;
  let hash = (seed + prime5) | 0;
  if (stripes > 0) {
    let a = (seed + prime1 + prime2) | 0;
    let b = (seed + prime2) | 0;
    let c = seed | 0;
    let d = (seed - prime1) | 0;
    for (let i = 0; i < 4 * stripes; i += 4) {
      a = round(a, words[i]!);
      b = round(b, words[i + 1]!);
      c = round(c, words[i + 2]!);
      d = round(d, words[i + 3]!);
    }
    hash = (rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18)) | 0;
  }
  hash = (hash + bytes.length) | 0;
  for (let i = 4 * stripes; i < words.length; i++) {
    hash = Math.imul(rotated((hash + Math.imul(words[i]!, prime3)) | 0, 17), prime4);
  }
  for (let i = 4 * words.length; i < bytes.length; i++) {
    hash = Math.imul(rotated((hash + Math.imul(bytes[i]!, prime5)) | 0, 11), prime1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, word: number): number {
  return Math.imul(rotated((lane + Math.imul(word, prime2)) | 0, 13), prime1);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
