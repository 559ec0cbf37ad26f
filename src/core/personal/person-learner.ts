// Learns a person's calibration from their examples, by having the model predict the pictures.
import { PeopleError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import type { AskedModel } from '../model/expression-model.js';
import { augmentedCopies } from './augmented-copies.js';
import { type CalibrationJudgement, learnAndJudge } from './judge-calibration.js';
import type { PersonalCalibration, PredictedExample } from './personal-calibration.js';
import type { PersonalExample } from './personal-file.js';

export interface Taught {
  readonly calibration: PersonalCalibration;
  readonly judgement: CalibrationJudgement;
}

/** Has the model predict the pictures and learns from its embeddings and probabilities. Throws ConfigError without a picture. */
export function learnPerson(model: AskedModel, pictures: readonly PersonalExample[]): Promise<Taught> {
  return new PersonLearner(model).learn(pictures);
}

/** The same for learning again after each change: the predictions of a picture are kept as long as the picture. */
export class PersonLearner {
  readonly #model: AskedModel;
  readonly #seen = new WeakMap<GreyPicture, Omit<PredictedExample, 'label'>>();

  constructor(model: AskedModel) {
    this.#model = model;
  }

  /** The expressions that the model knows. */
  get labels(): readonly string[] {
    return this.#model.metadata.labels;
  }

  /** Throws ConfigError without a picture, PeopleError for an expression that the model does not know. */
  async learn(pictures: readonly PersonalExample[]): Promise<Taught> {
    const { labels } = this;
    const unknown = pictures.find(({ expression }) => !labels.includes(expression));
    if (unknown) {
      const { expression } = unknown;
      throw new PeopleError(
        `the model must know the expression ${expression}, and knows ${labels.join(', ')}; teach it anew`,
      );
    }
    await this.predict(pictures.map(({ picture }) => picture));
    const examples = pictures.map(({ expression, picture }) => ({
      ...{ label: labels.indexOf(expression), ...this.#seen.get(picture)! },
    }));
    return learnAndJudge(examples);
  }

  /** The probabilities of a picture that was predicted, after the personal calibration `reading`; the general model's without one. */
  read(picture: GreyPicture, reading: PersonalCalibration | undefined): ArrayLike<number> {
    const { probabilities, embeddings } = this.#seen.get(picture)!;
    return reading ? reading.adapt(probabilities, embeddings[0]!) : probabilities;
  }

  /** Has the model predict those pictures that it has no predictions of yet, ahead of learning. */
  async predict(pictures: readonly GreyPicture[]): Promise<void> {
    const fresh = pictures.filter((picture) => !this.#seen.has(picture));
    const copies = fresh.map(augmentedCopies);
    const predictions = await this.#model.predict(copies.flat());
    let at = 0;
    fresh.forEach((picture, i) => {
      const own = predictions.slice(at, at + copies[i]!.length);
      at += copies[i]!.length;
      this.#seen.set(picture, {
        embeddings: own.map(({ embedding }) => embedding),
        probabilities: own[0]!.probabilities,
      });
    });
  }
}
