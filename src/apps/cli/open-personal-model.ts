// `--personal FILE`: the model as one person was taught it.

import { shippedModelPath } from '../../adapters/node/shipped-models.js';
import type { AskedModel } from '../../core/nn/expression-model.js';
import { readPersonalFile } from '../../core/personal/personal-file.js';
import { PersonalModel } from '../../core/personal/personal-model.js';
import { learnPerson } from '../../pipeline/teach/teach.js';
import { hashModelFile } from './hash-model-file.js';
import { readTextFile } from './read-text-file.js';

/**
 * Learnt anew from the pictures in the file, which takes a fraction of a second, so that any model can be taught by them.
 * Throws ConfigError when the file is not there, PeopleError when it is none. `modelPath` undefined is the shipped model.
 */
export async function personalModel(
  model: AskedModel,
  personal: string,
  modelPath: string | undefined,
): Promise<PersonalModel> {
  const file = readPersonalFile(await readTextFile(personal));
  if (file.model !== (await hashModelFile(modelPath ?? shippedModelPath('expression.onnx')))) {
    process.stderr.write(`${personal} was taught with another model; its pictures teach this one\n`);
  }
  const { calibration } = await learnPerson(model, file.pictures);
  return new PersonalModel(model, calibration);
}
