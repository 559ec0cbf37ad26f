// The pixels of packed face pictures, read from their file when they are needed: they may be more than the memory holds, and
// what is read often stays in the system's own cache.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FacePicture, pixelBytes } from '../../../core/dataset/face-pictures.js';
import { DatasetError } from '../../../core/errors.js';
import type { Picture } from '../../../core/image/picture.js';

/** Reads at once, as batches are made in threads of their own. */
export class FacePixels {
  readonly #file: number;
  readonly #path: string;
  readonly #pictures: readonly FacePicture[];
  readonly #offsets: Float64Array;

  /** Throws DatasetError when the file is missing or has not all pictures. */
  constructor(path: string, pictures: readonly FacePicture[]) {
    this.#path = path;
    this.#pictures = pictures;
    this.#offsets = new Float64Array(pictures.length);
    let end = 0;
    pictures.forEach((picture, i) => {
      this.#offsets[i] = end;
      end += pixelBytes(picture);
    });
    try {
      this.#file = openSync(path, 'r');
    } catch (cause) {
      throw new DatasetError(`${path} must hold the pixels of the faces and cannot be read; import them again`, {
        cause,
      });
    }
    const { size } = fstatSync(this.#file);
    if (size === end) return;
    this.release();
    throw new DatasetError(`${path} must have ${end} bytes and has ${size}; import the faces again`);
  }

  /** Throws DatasetError when the disk fails. */
  read(index: number): Picture {
    const { width, height, channels } = this.#pictures[index]!;
    const data = new Uint8Array(width * height * channels);
    for (let done = 0; done < data.length; ) {
      const read = readSync(this.#file, data, done, data.length - done, this.#offsets[index]! + done);
      if (read === 0) throw new DatasetError(`${this.#path} has become shorter; import the faces again`);
      done += read;
    }
    return { width, height, channels, data };
  }

  release(): void {
    closeSync(this.#file);
  }
}
