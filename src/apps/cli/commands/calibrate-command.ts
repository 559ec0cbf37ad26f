// `moodlens calibrate`: a model whose probabilities can be believed: its temperature, fitted on validation rows, inside the file.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { openSession } from '../../../adapters/node/session.js';
import { ConfigError } from '../../../core/errors.js';
import { calibrate } from '../../../pipeline/calibrate/calibrate.js';
import { calibrateConfigSchema, parseCalibrateConfig } from '../../../pipeline/calibrate/config.js';
import { describeCalibration } from '../../../pipeline/calibrate/report/describe-calibration.js';
import { type EvaluatedDataOptions, evaluatedDataOption, openEvaluatedData } from '../arguments/data.js';
import { jsonOption } from '../arguments/json.js';
import { namingModelFile, readModelFile } from '../arguments/model.js';
import { addSampleOptions, chooseEvaluatedSamples } from '../arguments/samples.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { addSkipBad } from '../arguments/skip-bad.js';
import { commandOf } from '../command-descriptions.js';
import { withProgress } from '../terminal/with-progress.js';
import { splitsBesideModel } from './evaluate/splits-beside-model.js';

interface CalibrateOptions extends EvaluatedDataOptions, z.input<typeof calibrateConfigSchema> {
  readonly out: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(calibrateConfigSchema);

/** The command's definition. */
export function define(): Command {
  const command = commandOf('calibrate', 'temperature scaling leaves every decision as it is')
    .argument('<model>', 'expression model (.onnx): a single one, an ensemble or an int8 form')
    .addOption(evaluatedDataOption())
    .requiredOption('--out <file>', 'the calibrated model');
  return addSkipBad(addSampleOptions(command, stage), 'broken rows of a CSV')
    .addOption(stage.option('batch'))
    .addOption(stage.option('threads'))
    .addOption(jsonOption('the figures as JSON'))
    .action(calibrateModel);
}

async function calibrateModel(path: string, options: CalibrateOptions): Promise<void> {
  const { out } = options;
  const config = parseCalibrateConfig(stage.given(options));
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
  process.stdout.write(
    options.json ? `${JSON.stringify({ file: out, ...figures })}\n` : describeCalibration(out, figures),
  );
}
