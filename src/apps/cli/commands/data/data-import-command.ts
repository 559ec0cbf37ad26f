// `moodlens data import`: brings datasets into the form that training and evaluation read.
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { openFileChunks, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { writeDataset } from '../../../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../../../core/errors.js';
import type { ImportedDataset } from '../../../../pipeline/data/broken-samples.js';
import {
  type ImportFer2013Options,
  importFer2013Schema,
  parseImportFer2013,
} from '../../../../pipeline/data/config.js';
import { importFer2013 } from '../../../../pipeline/data/import-fer2013.js';
import { describeDataset, summariseDataset } from '../../../../pipeline/data/report/describe-dataset.js';
import { forceOption, isDatasetFile, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import {
  addPictureFolderOptions,
  type PictureFolderOptions,
  readPictureFolder,
} from '../../arguments/picture-folder.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { warn } from '../../terminal/terminal-colour.js';
import { withProgress } from '../../terminal/with-progress.js';

interface ImportOptions extends PictureFolderOptions, ImportFer2013Options {
  readonly skipBad?: boolean;
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const csvStage = new SchemaOptions(importFer2013Schema);

/** The sub-command's definition. */
export function defineImport(): Command {
  const command = new Command('import')
    .description("import Kaggle's fer2013.csv, or a folder of pictures with a folder per class (and per split above)")
    .argument('<source>', 'FILE.csv or DIR')
    .requiredOption('--out <dir>', 'folder of the packed dataset; must not exist yet')
    .addOption(csvStage.option('usage', { defaultText: 'all' }));
  return addPictureFolderOptions(command, 'broken rows or pictures')
    .addOption(forceOption('the dataset at --out'))
    .addOption(jsonOption('the result as JSON'))
    .action(importData);
}

async function importData(source: string, options: ImportOptions): Promise<void> {
  const kind = await stat(source).catch(() => undefined);
  if (kind === undefined)
    throw new ConfigError(`${source} must be a CSV file or a folder and does not exist; check the path`);
  const { out, force } = options;
  const overwrite = await mayReplace({ out, force, what: 'a dataset', isOwn: isDatasetFile });
  await requireFreeFolder(options.out, overwrite);
  const { dataset, broken, problems } = await (kind.isDirectory()
    ? importFromFolder(source, options)
    : importFromCsv(source, options));
  await writeFolderAtomic(options.out, (store) => writeDataset(store, dataset), { overwrite });
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ out: options.out, ...summariseDataset(dataset), broken, problems })}\n`);
    return;
  }
  for (const problem of problems) warn(`left out: ${problem}`);
  if (broken > problems.length) warn(`left out: ${broken - problems.length} more`);
  process.stdout.write(describeDataset(options.out, dataset));
}

async function importFromCsv(source: string, options: ImportOptions): Promise<ImportedDataset> {
  if (options.size !== undefined || options.labels !== undefined) {
    throw new ConfigError('--size and --labels are for folders of pictures; a FER2013 CSV has its own');
  }
  const config = parseImportFer2013(csvStage.given(options));
  const { size, chunks } = await openFileChunks(source);
  return withProgress('import', (progress) =>
    importFer2013(chunks, basename(source), config, { progress, totalBytes: size }),
  );
}

async function importFromFolder(source: string, options: ImportOptions): Promise<ImportedDataset> {
  if (options.usage !== undefined) {
    throw new ConfigError('--usage is for FER2013 CSV files; in a folder, a folder above the classes names the split');
  }
  return readPictureFolder(source, options);
}
