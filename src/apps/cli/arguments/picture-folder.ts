// A folder of pictures, a folder per class: its options `--size`, `--labels` and `--skip-bad`, and how it is read.

import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { createFolderStore } from '../../../adapters/node/files.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import type { ImportedDataset } from '../../../pipeline/data/broken-samples.js';
import { importFolderSchema, parseImportFolder } from '../../../pipeline/data/config.js';
import { importFolder, type OriginalPicture } from '../../../pipeline/data/import-folder.js';
import { withProgress } from '../terminal/with-progress.js';
import { SchemaOptions } from './schema-options.js';
import { addSkipBad } from './skip-bad.js';

export interface PictureFolderOptions {
  readonly labels?: string[];
  readonly size?: number;
  readonly skipBad?: boolean;
}

const stage = new SchemaOptions(importFolderSchema);

/** Adds the options to a command; `broken` is what --skip-bad leaves out. */
export function addPictureFolderOptions(command: Command, broken: string): Command {
  command.addOption(stage.option('size')).addOption(stage.option('labels', { defaultText: 'the seven expressions' }));
  return addSkipBad(command, broken);
}

/** The pictures as a dataset; `onPicture` is called with each. Throws ConfigError for the options, DatasetError for the folder. */
export async function readPictureFolder(
  folder: string,
  options: PictureFolderOptions,
  onPicture?: (picture: OriginalPicture) => void,
): Promise<ImportedDataset> {
  const config = parseImportFolder(stage.given(options));
  return withProgress('import', (progress) =>
    importFolder(createFolderStore(folder), basename(resolve(folder)), decodePicture, config, {
      progress,
      ...(onPicture ? { onPicture } : {}),
    }),
  );
}
