// `moodlens people`: trains the recogniser from a folder of pictures for each person, and names who is in a picture.
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { terminalProgress } from '../../../../adapters/node/terminal-progress.js';
import { ConfigError, PeopleError } from '../../../../core/errors.js';
import type { ExamplesByPerson } from '../../../../core/identity/personal-section.js';
import { type TrainPeopleOptions, trainPeopleSchema } from '../../../../pipeline/people/config.js';
import { identifyPicture } from '../../../../pipeline/people/identify-picture.js';
import { describeIdentity, describeTrainedPeople } from '../../../../pipeline/people/report/describe-people.js';
import { type TrainedPeople, trainPeople } from '../../../../pipeline/people/train-people.js';
import { openDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import {
  peopleFileOption,
  peopleFolderArgument,
  readPeopleFile,
  requirePeopleFilePlace,
  requirePeopleFolder,
  writePeopleFile,
} from '../../arguments/people.js';
import { eachPicture, listPictures, picturesArgument } from '../../arguments/pictures.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { commandOf } from '../../command-descriptions.js';
import { warn } from '../../terminal/terminal-colour.js';
import { definePeopleEvaluate } from './people-evaluate-command.js';
import { defineGalleryCommands } from './people-gallery-command.js';

const trainStage = new SchemaOptions(trainPeopleSchema);

interface TrainOptions extends TrainPeopleOptions {
  readonly out: string;
  readonly json?: boolean;
}

interface PredictOptions {
  readonly people: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  const people = commandOf('people');
  people
    .command('train')
    .description("learn people from a folder each: DIR/NAME/picture.png; writes OpenCV's LBPH file")
    .argument(...peopleFolderArgument)
    .requiredOption('--out <file>', 'people file (.yml) to write; readable by its owner only')
    .addOption(trainStage.option('threshold', { parse: parseThreshold }))
    .addOption(trainStage.option('align'))
    .addOption(trainStage.option('plain'))
    .addOption(jsonOption('the result as JSON'))
    .action(train);
  people
    .command('predict')
    .description('name the person in each picture, a line each')
    .argument(...picturesArgument)
    .addOption(peopleFileOption())
    .addOption(jsonOption('{"file","person","distance"} per picture; person null is unknown'))
    .action(predict);
  people.addCommand(definePeopleEvaluate());
  for (const command of defineGalleryCommands()) people.addCommand(command);
  return people;
}

async function train(directory: string, options: TrainOptions): Promise<void> {
  await requirePeopleFolder(directory);
  await requirePeopleFilePlace(options.out);
  const detector = options.align ? await openDetector() : undefined;
  const progress = terminalProgress('people');
  try {
    const result = await trainPeople(createFolderStore(directory), trainStage.given(options), {
      decode: decodePicture,
      progress,
      ...(detector ? { detector } : {}),
    });
    result.people.taught = await taughtBefore(options.out, result.people.names);
    await writePeopleFile(options.out, result.people);
    report(options, result);
  } finally {
    progress.finish();
    await detector?.release();
  }
}

/** The expressions that those who are still there taught, from the file that is about to be replaced. */
async function taughtBefore(path: string, names: readonly string[]): Promise<ExamplesByPerson> {
  if (!(await stat(path).catch(() => undefined))?.size) return new Map();
  try {
    const { taught } = await readPeopleFile(path);
    return new Map([...taught].filter(([name]) => names.includes(name)));
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    process.stderr.write(`${error.message}\nexpressions that were taught in it are not kept\n`);
    return new Map();
  }
}

function report({ out, json }: TrainOptions, trained: TrainedPeople): void {
  const { people, counts, whole, leftOut } = trained;
  const threshold = people.threshold ?? null;
  if (json) {
    const list = Object.fromEntries(counts);
    process.stdout.write(`${JSON.stringify({ out, people: list, threshold, whole, leftOut })}\n`);
    return;
  }
  for (const { file, reason } of leftOut) warn(`left out: ${file}: ${reason}`);
  if (whole > 0) warn(`taken whole, no face found: ${whole} pictures`);
  process.stdout.write(describeTrainedPeople(out, trained));
}

async function predict(paths: readonly string[], options: PredictOptions): Promise<void> {
  const people = await readPeopleFile(options.people);
  const pictures = await listPictures(paths);
  const detector = people.align ? await openDetector() : undefined;
  try {
    await eachPicture('people', pictures, async ({ file, picture }) => {
      const identity = await identifyPicture(people, picture, detector);
      const line = options.json ? JSON.stringify({ file, ...identity }) : `${file}: ${describeIdentity(identity)}`;
      process.stdout.write(`${line}\n`);
    });
  } finally {
    await detector?.release();
  }
}

function parseThreshold(text: string): 'auto' | 'none' | number {
  if (text === 'auto' || text === 'none') return text;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new ConfigError(`--threshold must be auto, none or a number above 0, but got "${text}"`);
}
