// Fits a model's temperature on validation samples, inserts it into a copy of the model file, and evaluates that copy: the figures
// are measured on the file, not computed by the formula.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError, ModelFormatError } from '../../core/errors.js';
import {
  expectedCalibrationError,
  negativeLogLikelihood,
  type Predictions,
} from '../../core/metrics/probability-metrics.js';
import { fitTemperature } from '../../core/metrics/temperature.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import type { ModelTemperature } from '../../core/model/model-metadata.js';
import { addTemperature } from '../../core/model/model-temperature.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { argmax } from '../../core/numbers/argmax.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import type { OpenSession } from '../../core/ports/session.js';
import type { EvaluatedSamples } from '../evaluate/evaluated-samples.js';
import { predictSamples, type SamplePredictions } from '../evaluate/predict-samples.js';
import { seenInTraining } from '../evaluate/seen-in-training.js';
import { type CalibrateConfig, refuseTestRows } from './config.js';

export interface CalibrateRequest {
  readonly file: Uint8Array;
  readonly dataset: PackedDataset;
  readonly samples: EvaluatedSamples;
  /** Texts among which the split file that the model was trained with may be, besides that of the samples. */
  readonly splitFiles?: readonly string[] | undefined;
  /** The predictions of the model in `file` for them; default: the model is run. */
  readonly predictions?: SamplePredictions | undefined;
  readonly config: Pick<CalibrateConfig, 'batch' | 'threads'>;
  readonly openSession: OpenSession;
  readonly progress?: Progress;
}

export interface Calibration extends ModelTemperature {
  /** The temperature of the model before; 1 when it had none. */
  readonly before: number;
  /** Accuracy on the samples: the same before and after. */
  readonly accuracy: number;
}

export interface CalibratedModel {
  readonly model: Uint8Array;
  readonly figures: Calibration;
  /** The calibrated model's predictions for the samples. */
  readonly predictions: SamplePredictions;
}

/**
 * The calibrated model, and its figures. Throws ConfigError for a test split and for samples that the model was
 * trained on, ModelFormatError when the copy computes wrong probabilities.
 */
export async function calibrate(request: CalibrateRequest): Promise<CalibratedModel> {
  const { file, dataset, samples } = request;
  refuseTestRows(samples);
  const { metadata } = readExpressionModel(file);
  const { seenInTraining: isSeen, seenSamples } = seenInTraining(metadata, samples, dataset, request.splitFiles);
  if (isSeen !== false) {
    const found = isSeen ? 'it was' : 'that cannot be told of this split: it was';
    const share = seenSamples === null ? '' : ` (${seenSamples} of these ${samples.indices.length} rows)`;
    throw new ConfigError(
      `a temperature must be fitted on rows that the model was not trained on, and ${found} ${metadata.split}${share}; name a validation split (of the model's own split file with --split-file), or the --run of the model itself on its own data`,
    );
  }
  const classes = metadata.labels.length;
  const before: Predictions = { ...(request.predictions ?? (await ask(request, file))), classes };
  const value = fitTemperature(before);
  const of = { split: samples.split, n: before.truth.length, dataset: dataset.hash };
  const unmeasured = { ...of, value, nll: { before: 0, after: 0 }, ece: { before: 0, after: 0 } };
  const predictions = await ask(request, addTemperature(file, unmeasured));
  const after: Predictions = { ...predictions, classes };
  const measure = (figure: (all: Predictions) => number) => ({ before: figure(before), after: figure(after) });
  const temperature: ModelTemperature = {
    ...{ ...of, value },
    nll: measure(negativeLogLikelihood),
    ece: measure(expectedCalibrationError),
  };
  requireCalibrated(temperature.nll, decisionsOf(before), decisionsOf(after));
  const valueBefore = metadata.temperature?.value ?? 1;
  const hits = decisionsOf(before).filter((label, k) => label === before.truth[k]).length;
  return {
    model: addTemperature(file, temperature),
    figures: { ...temperature, value: valueBefore * value, before: valueBefore, accuracy: hits / of.n },
    predictions,
  };
}

async function ask(
  { dataset, samples, config, openSession, progress = silentProgress }: CalibrateRequest,
  file: Uint8Array,
): Promise<SamplePredictions> {
  const { batch, threads } = config;
  const model = await ExpressionModel.open(file, openSession, { threads });
  try {
    return await predictSamples(dataset, model, samples.indices, { batch, progress });
  } finally {
    await model.release();
  }
}

const decisionsOf = ({ truth, probabilities, classes }: Predictions): number[] =>
  Array.from(truth, (_, k) => argmax(probabilities, k * classes, classes));

/** Rounding may swap two equally probable classes; more than one prediction in a thousand indicates a fault. */
function requireCalibrated(nll: ModelTemperature['nll'], before: readonly number[], after: readonly number[]): void {
  const changed = before.filter((label, k) => label !== after[k]).length;
  if (nll.after <= nll.before + 1e-6 && changed <= before.length / 1000) return;
  throw new ModelFormatError(
    `a calibrated model must decide as before with no more log loss, and this one changes ${changed} of ${before.length} decisions and its log loss from ${nll.before} to ${nll.after}; nothing was written`,
  );
}
