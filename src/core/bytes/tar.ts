// Tape archives (POSIX ustar): plain files by name. Untrusted: every size is checked against the bytes that are there.
import { DatasetError } from '../errors.js';

const blockBytes = 512;

/** Name -> content, as views into `bytes`; folders and links are left out. Throws DatasetError when the archive is cut short or no archive. */
export function readTar(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + blockBytes <= bytes.length; ) {
    const header = bytes.subarray(at, at + blockBytes);
    // Two blocks of zeros end the archive.
    if (header.every((byte) => byte === 0)) return files;
    if (text(header, 257, 5) !== 'ustar') throw damaged(`no header at byte ${at}`);
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    const from = at + blockBytes;
    if (!(size >= 0) || from + size > bytes.length) throw damaged(`a file at byte ${at} that reaches past its end`);
    const prefix = text(header, 345, 155);
    const name = text(header, 0, 100);
    const kind = text(header, 156, 1);
    if (kind === '' || kind === '0')
      files.set(prefix === '' ? name : `${prefix}/${name}`, bytes.subarray(from, from + size));
    at = from + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}

function damaged(found: string): DatasetError {
  return new DatasetError(`a tar archive must be whole, and this one has ${found}; copy it again`);
}

/** Up to the first zero. */
function text(bytes: Uint8Array, from: number, length: number): string {
  let value = '';
  for (let i = from; i < from + length && bytes[i] !== 0; i++) value += String.fromCharCode(bytes[i]!);
  return value;
}
