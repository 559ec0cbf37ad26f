// `moodlens teach DIR`: a few pictures of one person per expression, and that person is read right.
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../adapters/node/files.js';
import { decodePicture } from '../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../adapters/node/shipped-models.js';
import { ConfigError } from '../../core/errors.js';
import { writePersonalFile } from '../../core/personal/personal-file.js';
import { describeTeaching } from '../../pipeline/teach/describe-teaching.js';
import { learnPerson, readTaughtPictures } from '../../pipeline/teach/teach.js';
import { hashModelFile } from './hash-model-file.js';
import { openDetector } from './open-detector.js';
import { openExpressionModel } from './open-expression-model.js';

interface TeachOptions {
  readonly out: string;
  readonly model?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('teach')
    .description(
      "teach one person's expressions by a few pictures each: DIR/happy/a.jpg, DIR/sad/b.jpg ...; one a class is enough",
    )
    .argument('<dir>', 'a folder per expression, of one person')
    .requiredOption('--out <file.json>', 'the personal file, for --personal; readable by its owner only')
    .option('--model <file>', 'expression model (.onnx) instead of the shipped one')
    .option('--json', 'print what it brings as JSON')
    .action(teach);
}

async function teach(directory: string, options: TeachOptions): Promise<void> {
  if (!(await stat(directory).catch(() => undefined))?.isDirectory()) {
    throw new ConfigError(`${directory} must be a folder with a folder of pictures per expression`);
  }
  if (!/\.json$/i.test(options.out)) throw new ConfigError(`--out must end in .json, found ${options.out}`);
  const model = await openExpressionModel(options.model);
  const detector = await openDetector({ search: 'thorough' });
  try {
    const read = await readTaughtPictures(createFolderStore(directory), model, { decode: decodePicture, detector });
    const { judgement } = await learnPerson(model, read.pictures);
    const hash = await hashModelFile(options.model ?? shippedModelPath('expression.onnx'));
    await writeFileAtomic(options.out, writePersonalFile({ model: hash, pictures: read.pictures }), { mode: 0o600 });
    process.stderr.write(`${options.out} written: use it with --personal ${options.out}\n`);
    const { labels } = model.metadata;
    if (options.json) {
      const taught = Object.fromEntries(
        labels.map((label) => [label, read.pictures.filter(({ expression }) => expression === label).length]),
      );
      process.stdout.write(`${JSON.stringify({ out: options.out, taught, leftOut: read.leftOut, ...judgement })}\n`);
    } else process.stdout.write(describeTeaching(read, judgement, labels));
  } finally {
    await detector.release();
    await model.release();
  }
}
