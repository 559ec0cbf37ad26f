// `moodlens data split`: a division of a dataset as a file that training and evaluation take.
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import type { z } from 'zod';
import { createFolderStore, writeFileAtomic } from '../../../../adapters/node/files.js';
import { writeSplitFile } from '../../../../core/dataset/split-file.js';
import { ConfigError } from '../../../../core/errors.js';
import {
  makeSplits,
  parseSplitConfig,
  splitConfigSchema,
  summariseSplits,
} from '../../../../pipeline/data/make-splits.js';
import { readDataset } from '../../../../pipeline/data/read-dataset.js';
import { describeSplits } from '../../../../pipeline/data/report/describe-splits.js';
import { datasetArgument } from '../../arguments/data.js';
import { forceOption } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { toNumber } from '../../arguments/values.js';

interface SplitOptions extends z.input<typeof splitConfigSchema> {
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const stage = new SchemaOptions(splitConfigSchema);

/** The sub-command's definition. */
export function defineSplit(): Command {
  return new Command('split')
    .description('divide a dataset into named sets, every class with its share and duplicates in one set, as a file')
    .argument(...datasetArgument)
    .requiredOption('--out <file>', 'the split file (JSON)')
    .addOption(stage.option('shares', { parse: parseShares }))
    .addOption(stage.option('folds'))
    .addOption(stage.option('official'))
    .addOption(stage.option('seed'))
    .addOption(forceOption('the file at --out'))
    .addOption(jsonOption('the sets as JSON'))
    .action(splitData);
}

/** `70/20/10`, also with commas or colons. */
function parseShares(text: string): number[] {
  return text.split(/[/,:]/).map(toNumber);
}

async function splitData(folder: string, options: SplitOptions): Promise<void> {
  const { out } = options;
  const config = parseSplitConfig(stage.given(options));
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
      : describeSplits({ file: out, method, hash, sets }),
  );
}
