// `moodlens people` with its sub-commands; `predict` names who is in a picture.
import type { Command } from 'commander';
import { identifyPicture } from '../../../../pipeline/people/identify-picture.js';
import { describeIdentity } from '../../../../pipeline/people/report/describe-people.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import { openPeople, peopleFileOption, readPeopleFile } from '../../arguments/people.js';
import { eachPicture, listPictures, picturesArgument } from '../../arguments/pictures.js';
import { commandOf } from '../../command-descriptions.js';
import { definePeopleEvaluate } from './people-evaluate-command.js';
import { defineGalleryCommands } from './people-gallery-command.js';
import { defineTrainCommands } from './people-train-command.js';

interface PredictOptions extends DetectorOptions {
  readonly people: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  const people = commandOf('people');
  for (const command of defineTrainCommands()) people.addCommand(command);
  const predicting = people
    .command('predict')
    .description('name the person in each picture, a line each')
    .argument(...picturesArgument)
    .addOption(peopleFileOption());
  addDetectorOptions(predicting)
    .addOption(jsonOption('{"file","person","distance"} per picture; person null is unknown'))
    .action(predict);
  people.addCommand(definePeopleEvaluate());
  for (const command of defineGalleryCommands()) people.addCommand(command);
  return people;
}

async function predict(paths: readonly string[], options: PredictOptions): Promise<void> {
  const stored = await readPeopleFile(options.people);
  const pictures = await listPictures(paths);
  const { people, release } = await openPeople(options.people, stored);
  const detector = people.align ? await openChosenDetector(options, {}) : undefined;
  try {
    await eachPicture('people', pictures, async ({ file, picture }) => {
      const identity = await identifyPicture(people, picture, detector);
      const line = options.json ? JSON.stringify({ file, ...identity }) : `${file}: ${describeIdentity(identity)}`;
      process.stdout.write(`${line}\n`);
    });
  } finally {
    await detector?.release();
    await release();
  }
}
