// `moodlens calibrate`: a model whose probabilities can be believed: its temperature, fitted on validation rows, inside the file.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { openSession } from '../../../adapters/node/session.js';
import { ConfigError } from '../../../core/errors.js';
import { type Calibration, calibrate } from '../../../pipeline/calibrate/calibrate.js';
import { parseCalibrateConfig } from '../../../pipeline/calibrate/config.js';
import { openEvaluatedData } from '../arguments/data.js';
import { namingModelFile, readModelFile } from '../arguments/model.js';
import { formerSkipBad } from '../arguments/skip-bad.js';
import { toNumbers } from '../arguments/values.js';
import { withProgress } from '../terminal/with-progress.js';
import { chooseEvaluatedSamples } from './evaluate/choose-evaluated-samples.js';
import { splitsBesideModel } from './evaluate/splits-beside-model.js';

interface CalibrateOptions {
  readonly data: string;
  readonly out: string;
  readonly split?: string;
  readonly splitFile?: string;
  readonly run?: string;
  readonly skipBad?: boolean;
  readonly batch?: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('calibrate')
    .description('temperature scaling: the same decisions, with probabilities that are right as often as they say')
    .argument('<model>', 'expression model (.onnx): a single one, an ensemble or an int8 form')
    .requiredOption('--data <source>', "a dataset made by 'moodlens data import', or Kaggle's fer2013.csv")
    .requiredOption('--out <file>', 'the calibrated model')
    .option('--split <name>', 'validation split that it is fitted on (default: PublicTest)')
    .option('--split-file <file>', "a file of 'moodlens data split': --split then names one of its sets")
    .option('--run <folder>', 'instead: what this run validated on, its fold too')
    .option('--skip-bad', 'CSV: leave broken rows out instead of failing')
    .addOption(formerSkipBad())
    .option('--batch <n>', 'pictures in one run of the model (default: 64)')
    .option('--threads <n>', 'threads of ONNX Runtime (default: 1)')
    .option('--json', 'print the figures as JSON')
    .action(calibrateModel);
}

async function calibrateModel(path: string, options: CalibrateOptions): Promise<void> {
  const { out, split, splitFile, run } = options;
  const config = parseCalibrateConfig({ split, splitFile, run, ...toNumbers(options, ['batch', 'threads']) });
  if (resolve(path) === resolve(out)) {
    throw new ConfigError(`--out must name another file than the model, and both are ${path}; choose another name`);
  }
  const file = await readModelFile(path, 'calibrate needs an .onnx file');
  const dataset = await withProgress('read', (progress) => openEvaluatedData(options, progress));
  const samples = await chooseEvaluatedSamples(dataset, { ...config, yesThisIsTheTest: true });
  const splitFiles = await splitsBesideModel(path);
  const { model, figures } = await namingModelFile(path, () =>
    withProgress('calibrate', (progress) =>
      calibrate({ file, dataset, samples, splitFiles, config, openSession, progress }),
    ),
  );
  await writeFileAtomic(out, model);
  process.stdout.write(options.json ? `${JSON.stringify({ file: out, ...figures })}\n` : describe(out, figures));
}

function describe(out: string, { value, before, split, n, nll, ece }: Calibration): string {
  const change = (name: string, figure: Calibration['nll']) =>
    `${name} ${figure.before.toFixed(4)} before, ${figure.after.toFixed(4)} after`;
  return [
    `${out}: temperature ${value.toFixed(3)}${before === 1 ? '' : ` (${before.toFixed(3)} before)`}, fitted on ${split}, n = ${n}`,
    `  ${change('log loss', nll)}`,
    `  ${change('calibration error', ece)}, on the rows that it was fitted on`,
    '',
  ].join('\n');
}
