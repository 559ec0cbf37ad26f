// Makes the int8 form of a model, and evaluates both forms: accuracy on the same pictures, size, time of one picture.
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { stratifiedSubset } from '../../core/dataset/stratified-subset.js';
import { DatasetError } from '../../core/errors.js';
import type { GreyPicture } from '../../core/image/picture.js';
import { type Accuracy, classificationFigures } from '../../core/metrics/classification-figures.js';
import { comparePaired, type PairedComparison } from '../../core/metrics/paired-comparison.js';
import { hits } from '../../core/metrics/probability-metrics.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { quantiseModel } from '../../core/model/quantise-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { argmax } from '../../core/numbers/argmax.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import type { OpenSession } from '../../core/ports/session.js';
import { refuseTest } from '../evaluate/config.js';
import type { EvaluatedSamples } from '../evaluate/evaluated-samples.js';
import { predictSamples, type SamplePredictions } from '../evaluate/predict-samples.js';
import type { QuantiseConfig } from './config.js';
import { timeInTurn } from './time-in-turn.js';
import { trainingRowsOf } from './training-rows.js';

export interface QuantiseRequest {
  /** The model file in float32. */
  readonly file: Uint8Array;
  readonly dataset: PackedDataset;
  /** The samples on which both forms are evaluated. */
  readonly samples: EvaluatedSamples;
  /** The float model's predictions for them; default: the model is run. */
  readonly predictions?: SamplePredictions | undefined;
  /** Rows for the calibration; default: the training rows by the model's metadata. Rows of the evaluation are never used. */
  readonly training?: Int32Array;
  readonly config: Pick<QuantiseConfig, 'calibration' | 'share' | 'seed' | 'threads'>;
  readonly openSession: OpenSession;
  /** Milliseconds. */
  readonly clock: Clock;
  readonly progress?: Progress;
}

export interface FormFigures extends Accuracy {
  readonly nll: number;
  readonly bytes: number;
  /** Time of one picture: the median of many, both forms interleaved. */
  readonly latencyMs: number;
}

export interface Quantisation {
  readonly split: string;
  readonly float: FormFigures;
  readonly int8: FormFigures;
  /** Share of the pictures for which both forms give the same class. */
  readonly agreement: number;
  /** The accuracy loss of int8, -1..1, with Newcombe's 95 % interval for pairs. */
  readonly loss: Pick<PairedComparison, 'difference' | 'interval'>;
  /** Ratios of int8 to float. */
  readonly latencyRatio: number;
  readonly calibration: { readonly pictures: number; readonly share: number };
}

export interface QuantisedModel {
  readonly model: Uint8Array;
  readonly figures: Quantisation;
  /** The int8 form's predictions for the samples. */
  readonly predictions: SamplePredictions;
}

/** Throws ConfigError for a test split, DatasetError when there are no rows to calibrate on, and what `trainingRowsOf` and `quantiseModel` throw. */
export async function quantise(request: QuantiseRequest): Promise<QuantisedModel> {
  const { file, dataset, samples, config, openSession, progress } = request;
  refuseTest(samples, {
    must: 'both forms must be measured on validation rows',
    next: "name a validation split, or a --run; 'moodlens evaluate --compare' looks at a test split once every choice is made",
  });
  const { share, threads } = config;
  const calibration = calibrationPictures(request);
  const bytes = await quantiseModel(file, calibration, { openSession, share, threads });
  const models: ExpressionModel[] = [];
  try {
    for (const form of [file, bytes]) models.push(await ExpressionModel.open(form, openSession, { threads }));
    const [float, int8] = models as [ExpressionModel, ExpressionModel];
    const predict = (model: ExpressionModel) =>
      predictSamples(dataset, model, samples.indices, { batch: 64, ...(progress === undefined ? {} : { progress }) });
    const said = [request.predictions ?? (await predict(float)), await predict(int8)] as const;
    const { labels } = float.metadata;
    const latencies = await timeInTurn([float, int8], samplePicture(dataset, samples.indices[0]!), request.clock);
    const [ofFloat, ofInt8] = [file, bytes].map((form, k): FormFigures => {
      const { truth, probabilities } = said[k]!;
      const { accuracy, interval, n, nll } = classificationFigures(truth, probabilities, labels);
      return { accuracy, interval, n, nll, bytes: form.length, latencyMs: latencies[k]! };
    }) as [FormFigures, FormFigures];
    return {
      model: bytes,
      figures: {
        ...{ split: samples.split, float: ofFloat, int8: ofInt8 },
        agreement: agreementOf(said, labels.length),
        loss: lossOf(said, labels.length),
        latencyRatio: ofInt8.latencyMs / ofFloat.latencyMs,
        calibration: { pictures: calibration.length, share },
      },
      predictions: said[1],
    };
  } finally {
    for (const model of models) await model.release();
  }
}

/** The predictions of the float model and of the int8 form. */
type BothForms = readonly [float: SamplePredictions, int8: SamplePredictions];

function agreementOf([float, int8]: BothForms, classes: number): number {
  const same = float.indices.filter(
    (_, i) => argmax(float.probabilities, i * classes, classes) === argmax(int8.probabilities, i, classes),
  );
  return same.length / float.indices.length;
}

/** The accuracy loss of int8, from pairs of predictions. */
function lossOf(said: BothForms, classes: number): Quantisation['loss'] {
  const [float, int8] = said.map((predictions) => hits({ ...predictions, classes }));
  const { difference, interval } = comparePaired(float!, int8!);
  return { difference, interval };
}

/** Training pictures of all classes, without those of the evaluation. */
function calibrationPictures({ file, dataset, samples, training, config }: QuantiseRequest): GreyPicture[] {
  const measured = new Set(samples.indices);
  const rows = training ?? trainingRowsOf(dataset, readExpressionModel(file).metadata, samples.splits);
  const free = rows.filter((i) => !measured.has(i));
  if (free.length === 0) {
    throw new DatasetError(
      `an int8 form is calibrated on training pictures that it is not measured on, and the data has none; its splits are ${dataset.splitNames.join(', ')}; give data with a training split`,
    );
  }
  const { calibration: count, seed } = config;
  return Array.from(stratifiedSubset(dataset, free, { count, seed }), (i) => samplePicture(dataset, i));
}
