// `moodlens quantise`: the int8 form of a model, measured beside the model itself.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { createFolderStore, writeFileAtomic } from '../../../adapters/node/files.js';
import { openSession } from '../../../adapters/node/session.js';
import { ConfigError } from '../../../core/errors.js';
import { readDataset } from '../../../pipeline/data/read-dataset.js';
import { parseQuantiseConfig, quantiseConfigSchema } from '../../../pipeline/quantise/config.js';
import { quantise } from '../../../pipeline/quantise/quantise.js';
import { describeQuantisation } from '../../../pipeline/quantise/report/describe-quantisation.js';
import { datasetOption } from '../arguments/data.js';
import { jsonOption } from '../arguments/json.js';
import { namingModelFile, readModelFile } from '../arguments/model.js';
import { addSampleOptions, chooseEvaluatedSamples } from '../arguments/samples.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { commandOf } from '../command-descriptions.js';
import { withProgress } from '../terminal/with-progress.js';

interface QuantiseOptions extends z.input<typeof quantiseConfigSchema> {
  readonly data: string;
  readonly out: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(quantiseConfigSchema);

/** The command's definition. */
export function define(): Command {
  const command = commandOf('quantise', 'it is faster and a quarter of the size')
    .argument('<model>', 'expression model in float32 (.onnx)')
    .addOption(datasetOption(', with its training split').makeOptionMandatory())
    .requiredOption('--out <file>', 'the int8 model');
  return addSampleOptions(command, stage)
    .addOption(stage.option('calibration'))
    .addOption(stage.option('share'))
    .addOption(stage.option('seed'))
    .addOption(stage.option('threads'))
    .addOption(jsonOption('the figures as JSON'))
    .action(makeInt8);
}

async function makeInt8(path: string, options: QuantiseOptions): Promise<void> {
  const { data, out } = options;
  const config = parseQuantiseConfig(stage.given(options));
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
