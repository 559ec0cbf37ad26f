// An expression model with one person's calibration, which it applies to every face.

import type { GreyPicture } from '../image/picture.js';
import type { AskedModel, ExpressionPrediction } from '../model/expression-model.js';
import { largest, type PersonalCalibration } from './personal-calibration.js';

export class PersonalModel implements AskedModel {
  readonly #model: AskedModel;
  readonly #calibration: PersonalCalibration;

  /** The model stays its owner's to release. */
  constructor(model: AskedModel, calibration: PersonalCalibration) {
    this.#model = model;
    this.#calibration = calibration;
  }

  get metadata() {
    return this.#model.metadata;
  }

  get view() {
    return this.#model.view;
  }

  async predict(faces: readonly GreyPicture[]): Promise<ExpressionPrediction[]> {
    const predictions = await this.#model.predict(faces);
    return predictions.map(({ probabilities, embedding }) => {
      const adapted = this.#calibration.adapt(probabilities, embedding);
      return { label: largest(adapted), probabilities: adapted, embedding };
    });
  }
}
