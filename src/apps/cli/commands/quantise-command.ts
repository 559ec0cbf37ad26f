// `moodlens quantise`: the int8 form of a model, measured beside the model itself.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../adapters/node/files.js';
import { openSession } from '../../../adapters/node/session.js';
import { ConfigError } from '../../../core/errors.js';
import { readDataset } from '../../../pipeline/data/read-dataset.js';
import { parseQuantiseConfig } from '../../../pipeline/quantise/config.js';
import { quantise } from '../../../pipeline/quantise/quantise.js';
import { describeQuantisation } from '../../../pipeline/quantise/report/describe-quantisation.js';
import { namingModelFile, readModelFile } from '../arguments/model-file.js';
import { toNumbers } from '../arguments/numbers.js';
import { withProgress } from '../terminal/with-progress.js';
import { chooseEvaluatedSamples } from './evaluate/choose-evaluated-samples.js';

interface QuantiseOptions {
  readonly data: string;
  readonly out: string;
  readonly split?: string;
  readonly splitFile?: string;
  readonly run?: string;
  readonly calibration?: string;
  readonly share?: string;
  readonly seed?: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('quantise')
    .description('the int8 form of a model: a quarter of the size, faster; both forms measured on the same pictures')
    .argument('<model>', 'expression model in float32 (.onnx)')
    .requiredOption('--data <dir>', "a dataset made by 'moodlens data import', with its training split")
    .requiredOption('--out <file>', 'the int8 model')
    .option('--split <name>', 'measure on this split (default: PublicTest)')
    .option('--split-file <file>', "a file of 'moodlens data split': --split then names one of its sets")
    .option('--run <folder>', 'measure on what this run validated on')
    .option('--calibration <n>', 'training pictures that give the ranges (default: 256)')
    .option('--share <s>', "of each value's numbers that its 8 bits reach, 0.9 to 1 (default: 0.9999)")
    .option('--seed <n>', 'draws the training pictures (default: 1)')
    .option('--threads <n>', 'threads of ONNX Runtime (default: 1)')
    .option('--json', 'print the figures as JSON')
    .action(makeInt8);
}

async function makeInt8(path: string, options: QuantiseOptions): Promise<void> {
  const { data, out, split, splitFile, run } = options;
  const numbers = toNumbers(options, ['calibration', 'share', 'seed', 'threads']);
  const config = parseQuantiseConfig({ split, splitFile, run, ...numbers });
  if (resolve(path) === resolve(out)) {
    throw new ConfigError(`--out must name another file than the model, and both are ${path}; choose another name`);
  }
  const file = await readModelFile(path, 'quantise needs an .onnx file');
  const dataset = await readDataset(createFolderStore(data));
  const samples = await chooseEvaluatedSamples(dataset, { ...config, yesThisIsTheTest: true });
  const clock = () => performance.now();
  const { model, figures } = await namingModelFile(path, () =>
    withProgress('quantise', (progress) => quantise({ file, dataset, samples, config, openSession, clock, progress })),
  );
  await writeFileAtomic(out, model);
  process.stdout.write(
    options.json ? `${JSON.stringify({ file: out, ...figures })}\n` : describeQuantisation(out, figures),
  );
}
