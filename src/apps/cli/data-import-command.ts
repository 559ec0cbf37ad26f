// `moodlens data import`: brings datasets into the form that training and evaluation read.
import { readdir, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, openFileChunks, requireFreeFolder, writeFolderAtomic } from '../../adapters/node/files.js';
import { decodePicture } from '../../adapters/node/image-codec.js';
import { terminalProgress } from '../../adapters/node/terminal-progress.js';
import { datasetFiles, descriptionFile, type PackedDataset, writeDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import type { ImportedDataset } from '../../pipeline/data/broken-samples.js';
import { parseImportFer2013, parseImportFolder } from '../../pipeline/data/config.js';
import { importFer2013 } from '../../pipeline/data/import-fer2013.js';
import { importFolder } from '../../pipeline/data/import-folder.js';

interface ImportOptions {
  readonly out: string;
  readonly usage?: string;
  readonly labels?: string;
  readonly size?: string;
  readonly skipBroken?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function defineImport(): Command {
  return new Command('import')
    .description("import Kaggle's fer2013.csv, or a folder of pictures with a folder per class (and per split above)")
    .argument('<source>', 'FILE.csv or DIR')
    .requiredOption('--out <dir>', 'folder of the packed dataset; must not exist yet')
    .option('--usage <names>', 'CSV: only these Usage values, e.g. Training,PublicTest (default: all)')
    .option('--size <pixels>', 'folder: side of the packed pictures (default: 48)')
    .option('--labels <names>', 'folder: class names in their order, when they are not the seven expressions')
    .option('--skip-broken', 'leave broken rows or pictures out instead of failing')
    .option('--force', 'replace the dataset at --out')
    .option('--json', 'print the result as JSON')
    .action(importData);
}

async function importData(source: string, options: ImportOptions): Promise<void> {
  const kind = await stat(source).catch(() => undefined);
  if (kind === undefined)
    throw new ConfigError(`${source} must be a CSV file or a folder and does not exist; check the path`);
  const overwrite = await mayReplace(options);
  await requireFreeFolder(options.out, overwrite);
  const { dataset, broken, problems } = await (kind.isDirectory()
    ? importFromFolder(source, options)
    : importFromCsv(source, options));
  await writeFolderAtomic(options.out, (store) => writeDataset(store, dataset), { overwrite });
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ out: options.out, ...summarise(dataset), broken, problems })}\n`);
    return;
  }
  for (const problem of problems) process.stderr.write(`left out: ${problem}\n`);
  if (broken > problems.length) process.stderr.write(`left out: ${broken - problems.length} more\n`);
  process.stdout.write(describe(options.out, dataset));
}

/** --force replaces a dataset and nothing else: a mistyped --out must not cost somebody's folder. */
async function mayReplace({ out, force }: ImportOptions): Promise<boolean> {
  if (!force) return false;
  const known: readonly string[] = [descriptionFile, ...Object.values(datasetFiles)];
  const there = await readdir(out).catch(() => [] as string[]);
  if (there.some((name) => !known.includes(name))) {
    throw new ConfigError(`--force replaces a dataset only, and ${out} holds other files; name another folder`);
  }
  return true;
}

async function importFromCsv(source: string, options: ImportOptions): Promise<ImportedDataset> {
  if (options.size !== undefined || options.labels !== undefined) {
    throw new ConfigError('--size and --labels are for folders of pictures; a FER2013 CSV has its own');
  }
  const config = parseImportFer2013({
    ...(options.usage === undefined ? {} : { usage: names(options.usage) }),
    skipBroken: options.skipBroken === true,
  });
  const { size, chunks } = await openFileChunks(source);
  const progress = terminalProgress('import');
  try {
    return await importFer2013(chunks, basename(source), config, { progress, totalBytes: size });
  } finally {
    progress.finish();
  }
}

async function importFromFolder(source: string, options: ImportOptions): Promise<ImportedDataset> {
  if (options.usage !== undefined) {
    throw new ConfigError('--usage is for FER2013 CSV files; in a folder, a folder above the classes names the split');
  }
  const config = parseImportFolder({
    ...(options.size === undefined ? {} : { size: Number(options.size) }),
    ...(options.labels === undefined ? {} : { labels: names(options.labels) }),
    skipBroken: options.skipBroken === true,
  });
  const progress = terminalProgress('import');
  try {
    return await importFolder(createFolderStore(source), basename(resolve(source)), decodePicture, config, {
      progress,
    });
  } finally {
    progress.finish();
  }
}

function names(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}

function summarise({ count, width, height, labels, splitNames, classes, splits, hash }: PackedDataset) {
  return {
    count,
    width,
    height,
    splits: countByName(splitNames, splits),
    classes: countByName(labels, classes),
    hash,
  };
}

function countByName(names: readonly string[], indices: Uint8Array): Record<string, number> {
  const counts = new Array<number>(names.length).fill(0);
  for (const index of indices) counts[index] = counts[index]! + 1;
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!]));
}

function describe(out: string, dataset: PackedDataset): string {
  const { count, width, height, splits, classes, hash } = summarise(dataset);
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ');
  return `${out}: ${count} samples of ${width}x${height}\n  splits   ${list(splits)}\n  classes  ${list(classes)}\n  hash     ${hash}\n`;
}
