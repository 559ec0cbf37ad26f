// Makes the int8 form of a model, and measures both forms: accuracy on the same pictures, size, time of one picture.
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { stratifiedSubset } from '../../core/dataset/stratified-subset.js';
import { DatasetError } from '../../core/errors.js';
import type { GreyPicture } from '../../core/image/picture.js';
import { type Accuracy, classificationFigures } from '../../core/metrics/classification-figures.js';
import { comparePaired, type PairedComparison } from '../../core/metrics/paired-comparison.js';
import { argmaxRow, hits } from '../../core/metrics/probability-metrics.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { quantiseModel } from '../../core/model/quantise-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
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
  /** What both forms are measured on. */
  readonly samples: EvaluatedSamples;
  /** What the float model says of them; default: it is asked. */
  readonly predictions?: SamplePredictions | undefined;
  /** Rows to calibrate on; default those that the model was trained on, as its metadata tells. None that is measured on is taken. */
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
  /** Of one picture alone; the median of many, both forms in turn. */
  readonly latencyMs: number;
}

export interface Quantisation {
  readonly split: string;
  readonly float: FormFigures;
  readonly int8: FormFigures;
  /** Share of the pictures for which both forms name the same class. */
  readonly agreement: number;
  /** The accuracy that int8 loses, -1..1, with Newcombe's 95 % interval for the same pictures. */
  readonly loss: Pick<PairedComparison, 'difference' | 'interval'>;
  /** Of int8 beside float. */
  readonly latencyRatio: number;
  readonly calibration: { readonly pictures: number; readonly share: number };
}

export interface QuantisedModel {
  readonly model: Uint8Array;
  readonly figures: Quantisation;
  /** What the int8 form says of the samples. */
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

/** What the float model says of the samples, and what the int8 form does. */
type BothForms = readonly [float: SamplePredictions, int8: SamplePredictions];

function agreementOf([float, int8]: BothForms, classes: number): number {
  const same = float.indices.filter(
    (_, i) => argmaxRow(float.probabilities, i, classes) === argmaxRow(int8.probabilities, i, classes),
  );
  return same.length / float.indices.length;
}

/** What int8 loses: float against int8, picture by picture. */
function lossOf(said: BothForms, classes: number): Quantisation['loss'] {
  const [float, int8] = said.map((predictions) => hits({ ...predictions, classes }));
  const { difference, interval } = comparePaired(float!, int8!);
  return { difference, interval };
}

/** Training pictures of all classes, none of those that are measured on. */
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
