// The pictures that a command line names, files and folders, and what is done with each of them.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolderStore } from '../../../adapters/node/files.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { terminalProgress } from '../../../adapters/node/terminal-progress.js';
import { MediaError, MoodlensError, StorageError } from '../../../core/errors.js';
import { isPictureName } from '../../../core/image/is-picture-name.js';
import type { Picture } from '../../../core/image/picture.js';
import { describeError } from '../terminal/print-error.js';
import { paintError } from '../terminal/terminal-colour.js';

/** The argument of a command that takes pictures. */
export const picturesArgument = ['<picture...>', 'pictures, or folders of pictures, also below'] as const;

export interface NamedPictures {
  readonly files: readonly string[];
  /** Of folders without a picture, or that cannot be read. */
  readonly problems: readonly MoodlensError[];
}

/**
 * The files that `paths` name: of a folder all pictures in it and below, 2 before 10, hidden ones left out; any other path as it is.
 * `isWanted` chooses among a folder's pictures by their path below it (default: all).
 */
export async function listPictures(
  paths: readonly string[],
  isWanted: (name: string) => boolean = () => true,
): Promise<NamedPictures> {
  const files: string[] = [];
  const problems: MoodlensError[] = [];
  for (const path of paths) {
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
      files.push(path);
      continue;
    }
    try {
      const names = (await createFolderStore(path).list()).filter((name) => isPictureName(name) && isWanted(name));
      if (names.length === 0) throw new MediaError(`${path} must hold pictures and holds none; name another folder`);
      names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
      files.push(...names.map((name) => join(path, name)));
    } catch (error) {
      if (!(error instanceof MoodlensError)) throw error;
      problems.push(error);
    }
  }
  return { files, problems };
}

export interface FilePicture {
  readonly file: string;
  /** Its place in the list. */
  readonly index: number;
  readonly picture: Picture;
}

/**
 * Decodes one picture after the other and gives it to `use`. An error of one picture is printed, and the others are still done;
 * throws MediaError at the end when there was such a one. Progress on stderr, where the results do not show it.
 */
export async function eachPicture(
  label: string,
  { files, problems }: NamedPictures,
  use: (picture: FilePicture) => Promise<void>,
): Promise<void> {
  const progress = terminalProgress(label);
  const errors: MoodlensError[] = [];
  const failed = (error: MoodlensError): void => {
    errors.push(error);
    if (files.length + problems.length > 1) progress.note(paintError(describeError(error, false).trimEnd()));
  };
  try {
    for (const problem of problems) failed(problem);
    for (const [index, file] of files.entries()) {
      try {
        await use({ file, index, picture: await decodePicture(file) });
      } catch (error) {
        // What cannot be written fails for all of them.
        if (!(error instanceof MoodlensError) || error instanceof StorageError) throw error;
        failed(error);
      }
      if (!process.stdout.isTTY && files.length > 1) progress.update(index + 1, files.length, 'pictures');
    }
  } finally {
    progress.finish();
  }
  if (errors.length === 0) return;
  if (files.length + problems.length === 1) throw errors[0];
  throw new MediaError(
    `${errors.length} of ${files.length + problems.length} pictures could not be read; the lines above name them`,
  );
}
