// `moodlens ensemble`: merges trained models into one file that gives the mean of their probabilities.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { mostBytes, readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { ConfigError } from '../../../core/errors.js';
import { buildEnsemble, type EnsembleMember } from '../../../core/model/ensemble-model.js';
import { readExpressionModel } from '../../../core/model/read-expression-model.js';
import { describeEnsemble } from '../../../pipeline/train/report/describe-ensemble.js';
import { runFiles } from '../../../pipeline/train/run-folder.js';
import { jsonOption } from '../arguments/json.js';
import { namingModelFile } from '../arguments/model.js';
import { commandOf } from '../command-descriptions.js';

interface EnsembleOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return commandOf('ensemble')
    .argument('<models...>', 'two or more run folders or .onnx files, of any architectures')
    .requiredOption('--out <file>', 'the merged model')
    .addOption(jsonOption('what was merged as JSON'))
    .action(merge);
}

async function merge(paths: readonly string[], { out, json }: EnsembleOptions): Promise<void> {
  const files = await Promise.all(paths.map(modelFile));
  const own = files.find((file) => resolve(file) === resolve(out));
  if (own !== undefined) {
    throw new ConfigError(`--out must name another file than the members, and ${own} is one; choose another name`);
  }
  const members = await Promise.all(files.map(readMember));
  const bytes = buildEnsemble(members, members.map(({ metadata }) => metadata.run).join(' + '));
  await writeFileAtomic(out, bytes);
  const { metadata } = readExpressionModel(bytes);
  if (json) {
    process.stdout.write(`${JSON.stringify({ file: out, ...metadata })}\n`);
    return;
  }
  process.stdout.write(describeEnsemble({ file: out, members: members.length, bytes: bytes.length, metadata }));
}

/** A run folder stands for its model. */
async function modelFile(path: string): Promise<string> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ? join(path, runFiles.model) : path;
}

async function readMember(path: string): Promise<EnsembleMember> {
  let bytes: Uint8Array;
  try {
    bytes = await readWholeFile(path, mostBytes.model);
  } catch (cause) {
    throw new ConfigError(
      `a member of an ensemble must be an .onnx file, or the folder of a run that has ended, and ${path} cannot be read: ${(cause as Error).message}; check the path, or finish the run with 'moodlens train --resume'`,
      { cause },
    );
  }
  return namingModelFile(path, () => ({ name: path, ...readExpressionModel(bytes) }));
}
