// `--personal`, and the people of a people file who taught their expressions: the model as they taught it.
import { Option } from 'commander';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { PeopleError } from '../../../core/errors.js';
import type { ExamplesByPerson } from '../../../core/identity/personal-section.js';
import type { AskedModel } from '../../../core/model/expression-model.js';
import { learnReadings, otherModelNotes } from '../../../core/personal/learn-readings.js';
import { learnPerson, PersonLearner } from '../../../core/personal/person-learner.js';
import type { PersonalCalibration } from '../../../core/personal/personal-calibration.js';
import { type PersonalFile, readPersonalFile } from '../../../core/personal/personal-file.js';
import { PersonalModel } from '../../../core/personal/personal-model.js';
import { warn } from '../terminal/terminal-colour.js';
import { hashModelFile } from './model.js';
import { readTextFile } from './text-file.js';

/** `where` it makes sense: "videos". */
export function personalOption(where: string): Option {
  return new Option(
    '--personal <file>',
    `apply the personal calibration of a file made by 'moodlens teach --out' to every face: for ${where} of that person`,
  );
}

/**
 * Learnt anew from the pictures in the file, which takes a fraction of a second, so that any model can be taught by them.
 * Throws ConfigError when the file is not there, PeopleError when it is none. `modelPath` undefined is the shipped model.
 */
export async function personalModel(
  model: AskedModel,
  personal: string,
  modelPath: string | undefined,
): Promise<PersonalModel> {
  const file = await readPersonal(personal);
  otherModelNotes(personal, file, await hashOf(modelPath)).forEach(warn);
  const { calibration } = await learnPerson(model, file.pictures);
  return new PersonalModel(model, calibration);
}

/** The calibration of each person who taught expressions, by name; notes go to stderr. `modelPath` undefined is the shipped model. */
export async function personalReadings(
  model: AskedModel,
  taught: ExamplesByPerson,
  modelPath: string | undefined,
): Promise<ReadonlyMap<string, PersonalCalibration>> {
  if (taught.size === 0) return new Map();
  const { readings, notes } = await learnReadings(new PersonLearner(model), taught, await hashOf(modelPath));
  notes.forEach(warn);
  return readings;
}

/** Throws ConfigError when it is not there, PeopleError, with its path, when it is none. */
export async function readPersonal(path: string): Promise<PersonalFile> {
  const text = await readTextFile(path);
  try {
    return readPersonalFile(text);
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    throw new PeopleError(`${path}: ${error.message}`, { cause: error });
  }
}

const hashOf = (path: string | undefined) => hashModelFile(path ?? shippedModelPath('expression.onnx'));
