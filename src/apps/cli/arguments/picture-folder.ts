// Reads a folder of pictures, a folder per class, for the commands that take one.
import { basename, resolve } from 'node:path';
import { createFolderStore } from '../../../adapters/node/files.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import type { ImportedDataset } from '../../../pipeline/data/broken-samples.js';
import { parseImportFolder } from '../../../pipeline/data/config.js';
import { importFolder, type OriginalPicture } from '../../../pipeline/data/import-folder.js';
import { withProgress } from '../terminal/with-progress.js';
import { parseNames } from './values.js';

export interface PictureFolderOptions {
  readonly labels?: string;
  readonly size?: string;
  readonly skipBad?: boolean;
}

/** The pictures as a dataset; `onPicture` is told of each. Throws ConfigError for the options, DatasetError for the folder. */
export async function readPictureFolder(
  folder: string,
  { size, labels, skipBad }: PictureFolderOptions,
  onPicture?: (picture: OriginalPicture) => void,
): Promise<ImportedDataset> {
  const config = parseImportFolder({
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(labels === undefined ? {} : { labels: parseNames(labels) }),
    skipBad: skipBad === true,
  });
  return withProgress('import', (progress) =>
    importFolder(createFolderStore(folder), basename(resolve(folder)), decodePicture, config, {
      progress,
      ...(onPicture ? { onPicture } : {}),
    }),
  );
}
