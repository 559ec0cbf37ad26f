// `moodlens data split`: a division of a dataset as a file that training and evaluation take.
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../../adapters/node/files.js';
import { writeSplitFile } from '../../../../core/dataset/split-file.js';
import { ConfigError } from '../../../../core/errors.js';
import {
  makeSplits,
  parseSplitConfig,
  type SetSummary,
  summariseSplits,
} from '../../../../pipeline/data/make-splits.js';
import { readDataset } from '../../../../pipeline/data/read-dataset.js';
import { tableLines } from '../../../../pipeline/report/text-table.js';
import { datasetArgument } from '../../arguments/data.js';
import { forceOption } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { toNumber, toNumbers } from '../../arguments/values.js';

interface SplitOptions {
  readonly out: string;
  readonly shares?: string;
  readonly folds?: string;
  readonly official?: boolean;
  readonly seed?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function defineSplit(): Command {
  return new Command('split')
    .description('divide a dataset into named sets, every class with its share and duplicates in one set, as a file')
    .argument(...datasetArgument)
    .requiredOption('--out <file>', 'the split file (JSON)')
    .option('--shares <list>', 'shares of training, validation and test, or of the first two (default: 70/20/10)')
    .option('--folds <k>', 'instead: so many folds, fold-1, fold-2 and so on')
    .option('--official', "instead: the source's own division, as FER2013's Usage")
    .option('--seed <n>', 'draws the sets (default: 1)')
    .addOption(forceOption('the file at --out'))
    .addOption(jsonOption('the sets as JSON'))
    .action(splitData);
}

async function splitData(folder: string, options: SplitOptions): Promise<void> {
  const { out, shares, official } = options;
  const config = parseSplitConfig({
    ...(shares === undefined ? {} : { shares: shares.split(/[/,:]/).map(toNumber) }),
    ...toNumbers(options, ['folds', 'seed']),
    official,
  });
  if (!options.force && (await stat(out).catch(() => undefined)) !== undefined) {
    throw new ConfigError(`data split must not write over a file, and ${out} exists; name another, or add --force`);
  }
  const dataset = await readDataset(createFolderStore(folder));
  const splits = makeSplits(dataset, config);
  const { text, hash } = writeSplitFile(dataset, splits);
  await writeFileAtomic(out, text);
  const { method, seed: drawn } = splits;
  const sets = summariseSplits(dataset, splits);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file: out, hash, method, seed: drawn, dataset: dataset.hash, sets })}\n`
      : describe({ out, method, hash, sets }),
  );
}

function describe(made: { out: string; method: string; hash: string; sets: readonly SetSummary[] }): string {
  const { out, method, hash, sets } = made;
  const classes = Object.keys(sets[0]!.classes);
  const table = tableLines({
    columns: ['set', 'samples', ...classes, 'also in another set'],
    rows: sets.map((set) => [
      set.name,
      ...[set.samples, ...classes.map((label) => set.classes[label]!), set.twinsElsewhere].map(String),
    ]),
  });
  return `${[`${out}: ${method}`, ...table, `hash ${hash}`].join('\n')}\n`;
}
