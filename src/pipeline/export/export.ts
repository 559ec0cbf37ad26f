// The export stage: a trained run -> one self-contained .onnx, verified against the trainer's outputs, and its card.
import { Sha256 } from '../../core/bytes/sha256.js';
import { ConfigError } from '../../core/errors.js';
import { type Accuracy, classificationFigures } from '../../core/metrics/classification-figures.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { silentProgress } from '../../core/ports/progress.js';
import type { RecompressJpeg } from '../../core/ports/recompress-jpeg.js';
import { calibrate } from '../calibrate/calibrate.js';
import { refuseTest } from '../evaluate/config.js';
import { type Evaluation, judgePredictions } from '../evaluate/evaluate.js';
import type { EvaluatedSamples } from '../evaluate/evaluated-samples.js';
import { predictSamples, type SamplePredictions } from '../evaluate/predict-samples.js';
import { evaluateStress, type StressEvaluation } from '../evaluate/stress.js';
import { validationMetrics } from '../train/write-model.js';
import { type BuiltExport, buildExport, withMetrics } from './build-export.js';
import { measureMirrored } from './measure-mirrored.js';
import { measureParity, type Parity, requireParity } from './parity.js';
import { predictAsTrained } from './predict-as-trained.js';
import type { TrainedRun } from './read-trained-run.js';
import { type Int8Outcome, type Int8Request, tryInt8 } from './try-int8.js';

export interface ExportRequest extends Omit<Int8Request, 'samples' | 'predictions'> {
  /** Of the dataset's hash. */
  readonly run: TrainedRun;
  /** The run's validation samples; null when it trained on all rows. */
  readonly samples: EvaluatedSamples | null;
  readonly recompress: RecompressJpeg;
}

/** Figures on the run's validation pictures. */
export interface ExportFigures {
  readonly evaluation: Evaluation;
  /** Accuracy of the mean over each picture and its mirror image. */
  readonly mirrored: Accuracy;
  /** Undefined unless it was asked for. */
  readonly stress: StressEvaluation | undefined;
}

export interface ExportedRun {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly batchNorms: BuiltExport['batchNorms'];
  readonly parity: Parity;
  /** Null for a run without validation. */
  readonly figures: ExportFigures | null;
  /** Undefined unless it was asked for. */
  readonly int8: Int8Outcome | undefined;
}

/** A model file with its predictions for the samples, so that each pass over them runs once. */
interface Asked {
  readonly model: Uint8Array;
  readonly predictions: SamplePredictions;
}

const batch = 64;

/**
 * Throws ModelFormatError when the model's outputs differ from the trainer's on any validation picture of the run (without
 * validation: on any training picture), and ConfigError when figures are requested that a run without validation cannot have.
 */
export async function exportRun(request: ExportRequest): Promise<ExportedRun> {
  const { run, dataset, samples, config, progress = silentProgress } = request;
  if (samples === null && (config.int8 || config.stress || config.calibrate)) {
    throw new ConfigError(
      'an int8 form, stress and a temperature need pictures that the run validated on, and this run validated on none; leave --int8, --stress and --calibrate out',
    );
  }
  if (samples !== null) {
    refuseTest(samples, {
      must: 'a run must be exported with figures on validation rows',
      next: "train another that validates on another split, and look at the test once, with 'moodlens evaluate'",
    });
  }
  const built = buildExport(run, dataset.labels);
  const { parity, predictions } = await proveParity(request, built.model);
  progress.note(describeParity(parity));
  const epoch = Math.max(...run.networks.map(({ checkpoint }) => checkpoint.trainer.epoch));
  const { batchNorms } = built;
  if (samples === null) {
    return { model: withMetrics(built.model, { epoch }), batchNorms, parity, figures: null, int8: undefined };
  }
  const proved: Asked = { model: built.model, predictions };
  const asked = config.calibrate ? await calibrateExport(request, samples, proved) : proved;
  const { truth, probabilities } = asked.predictions;
  const { accuracy, nll: loss, n } = classificationFigures(truth, probabilities, dataset.labels);
  // Figures in the metadata do not change the model's predictions, only its hash.
  const model = withMetrics(asked.model, validationMetrics({ epoch, accuracy, loss, n }));
  const figures = await measure(request, samples, { ...asked, model });
  const int8 = config.int8 ? await tryInt8({ ...request, samples, predictions: asked.predictions }, model) : undefined;
  return { model, batchNorms, parity, figures, int8 };
}

async function calibrateExport(
  { dataset, config: { threads }, runtimes, progress = silentProgress }: ExportRequest,
  samples: EvaluatedSamples,
  { model: file, predictions }: Asked,
): Promise<Asked> {
  const { openSession } = runtimes[0];
  const config = { batch, threads };
  return calibrate({ file, dataset, samples, predictions, config, openSession, progress });
}

async function measure(
  { dataset, config, runtimes, recompress, progress = silentProgress }: ExportRequest,
  samples: EvaluatedSamples,
  { model: bytes, predictions }: Asked,
): Promise<ExportFigures> {
  const model = await ExpressionModel.open(bytes, runtimes[0].openSession, { threads: config.threads });
  try {
    const of = { predictions, metadata: model.metadata, hash: new Sha256().update(bytes).hex() };
    const evaluation = judgePredictions(dataset, samples, of);
    const mirrored = await measureMirrored(dataset, model, predictions, { batch, progress });
    const stress = config.stress
      ? await evaluateStress(dataset, model, samples.indices, { batch, recompress, progress })
      : undefined;
    return { evaluation, mirrored, stress };
  } finally {
    await model.release();
  }
}

/** One line: the pictures of the comparison, and the largest difference. */
export function describeParity({ n, maxDifference }: Parity): string {
  return `the trainer's own forward pass and the exported model name the same class for all ${n} pictures compared; their probabilities differ by at most ${maxDifference.toExponential(1)}`;
}

async function proveParity(
  { run, dataset, samples, training, config, runtimes, progress = silentProgress }: ExportRequest,
  bytes: Uint8Array,
): Promise<{ parity: Parity; predictions: SamplePredictions }> {
  const { openSession } = runtimes[0];
  const { threads } = config;
  const indices = samples?.indices ?? training;
  const predictions = indices.length * run.networks.length;
  const onDone = (done: number) => progress.update(done, predictions, 'predictions of the trainer');
  const trainer = await predictAsTrained(run, dataset, indices, { openSession, threads, onDone });
  const model = await ExpressionModel.open(bytes, openSession, { threads });
  try {
    const predictions = await predictSamples(dataset, model, indices, { batch, progress });
    const parity = measureParity(trainer, predictions.probabilities, model.metadata.labels.length);
    requireParity(parity);
    return { parity, predictions };
  } finally {
    await model.release();
  }
}
