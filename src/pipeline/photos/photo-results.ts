// The results of many photographs in a file of lines, each whole photograph one, so that a stopped run goes on behind the last.
import { z } from 'zod';
import { decodeUtf8 } from '../../core/bytes/utf8.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { photoName, takenForm } from './file-names.js';
import { type Photo, parsePhotoLine, photoLine } from './photo.js';

/** In the folder of the drawn pictures, or of the crops where none are drawn. */
export const photoResultsFile = 'photos.jsonl';

/** What decides the results, by option: lines of one file have it in common. */
export type PhotoSettings = Readonly<Record<string, string | number | null>>;

const settingsLine = z.strictObject({
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});

const newLine = 10;

/** Line 1 is `{"settings"}`; every further line a photograph whose files are written. */
export class PhotoResults {
  readonly #store: BlobStore;
  readonly #photos: Map<string, Photo>;
  readonly #names: Set<string>;

  private constructor(store: BlobStore, photos: Map<string, Photo>) {
    this.#store = store;
    this.#photos = photos;
    this.#names = new Set([...photos.values()].flatMap(({ name }) => (name === undefined ? [] : [takenForm(name)])));
  }

  /**
   * Begins the file, or continues it: what a crash left of a line is cut off. Throws ConfigError when it was made with other settings,
   * DatasetError when it is damaged, StorageError when it cannot be read or written. `folder` is the store's, for messages.
   */
  static async open(store: BlobStore, settings: PhotoSettings, folder: string): Promise<PhotoResults> {
    const damaged = (found: string) =>
      new DatasetError(
        `${folder}/${photoResultsFile} must hold the settings and then a photograph in each line, and ${found}; name another folder`,
      );
    const bytes = await store.read(photoResultsFile);
    const begin = `${JSON.stringify({ settings })}\n`;
    if (bytes === undefined) {
      await store.write(photoResultsFile, begin);
      return new PhotoResults(store, new Map());
    }
    const end = bytes.lastIndexOf(newLine) + 1;
    const [first = '', ...lines] = linesOf(bytes.subarray(0, end));
    const before = parseSettings(first);
    if (before === undefined) throw damaged('line 1 does not have the settings');
    const other = differing(before, settings);
    if (other.length > 0) {
      throw new ConfigError(
        `${folder} must be continued with the settings that it was begun with, and ${other.join(', ')} ` +
          `${other.length === 1 ? 'is' : 'are'} different; name another folder`,
      );
    }
    const photos = new Map<string, Photo>();
    for (const [i, line] of lines.entries()) {
      const photo = parsePhotoLine(line);
      if (photo === undefined) throw damaged(`line ${i + 2} is none`);
      photos.set(photo.file, photo);
    }
    if (end < bytes.length) await store.write(photoResultsFile, bytes.slice(0, end));
    return new PhotoResults(store, photos);
  }

  /** The photograph's results; undefined when it has none yet. */
  of(file: string): Photo | undefined {
    return this.#photos.get(file);
  }

  /** The name of the files of a new photograph. */
  nameFor(file: string): string {
    return photoName(file, this.#names);
  }

  /** Appends a photograph; its files must be written. Throws StorageError. */
  async add(photo: Photo): Promise<void> {
    await this.#store.append(photoResultsFile, `${photoLine(photo)}\n`);
    this.#photos.set(photo.file, photo);
  }
}

/** What is not UTF-8 becomes an empty line, which is no line of ours. */
function linesOf(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newLine, start);
    try {
      lines.push(decodeUtf8(bytes.subarray(start, end)));
    } catch {
      lines.push('');
    }
    start = end + 1;
  }
  return lines;
}

function parseSettings(line: string): PhotoSettings | undefined {
  try {
    return settingsLine.safeParse(JSON.parse(line)).data?.settings;
  } catch {
    return undefined;
  }
}

/** The options that differ, as they are written on the command line. */
function differing(before: PhotoSettings, settings: PhotoSettings): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(settings)])];
  const other = names.filter((name) => (before[name] ?? null) !== (settings[name] ?? null));
  return other.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
}
