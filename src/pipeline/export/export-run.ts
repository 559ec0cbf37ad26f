// The export stage: a trained run -> one self-contained .onnx that is proved to say what the trainer says, and its card.
import { samplePicture } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/nn/expression-model.js';
import { readExpressionModel } from '../../core/nn/read-expression-model.js';
import { silentProgress } from '../../core/ports/progress.js';
import type { RecompressJpeg } from '../../core/ports/recompress-jpeg.js';
import { calibrate } from '../calibrate/calibrate.js';
import { refuseTest } from '../evaluate/config.js';
import { type Evaluation, evaluate } from '../evaluate/evaluate.js';
import type { EvaluatedSamples } from '../evaluate/evaluated-samples.js';
import { predictPictures } from '../evaluate/predict-pictures.js';
import { evaluateStress, type StressEvaluation } from '../evaluate/stress.js';
import { validationMetrics } from '../train/write-model.js';
import { type BuiltExport, buildExport, withMetrics } from './build-export.js';
import { measureParity, type Parity, requireParity } from './parity.js';
import { predictAsTrained } from './predict-as-trained.js';
import type { TrainedRun } from './read-trained-run.js';
import { type Int8Outcome, type Int8Request, tryInt8 } from './try-int8.js';

export interface ExportRequest extends Omit<Int8Request, 'samples'> {
  /** Of the dataset's hash. */
  readonly run: TrainedRun;
  /** What the run validated on; null when it trained on every row it was given. */
  readonly samples: EvaluatedSamples | null;
  readonly recompress: RecompressJpeg;
}

/** What was measured on the pictures that the run validated on. */
export interface ExportFigures {
  readonly evaluation: Evaluation;
  /** The mean over each picture and its mirror image. */
  readonly mirrored: Evaluation;
  /** Undefined unless it was asked for. */
  readonly stress: StressEvaluation | undefined;
}

export interface ExportedRun {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly batchNorms: BuiltExport['batchNorms'];
  readonly parity: Parity;
  /** Null when no row was left to validate. */
  readonly figures: ExportFigures | null;
  /** Undefined unless it was asked for. */
  readonly int8: Int8Outcome | undefined;
}

const batch = 64;

/**
 * Throws ModelFormatError when the model does not say what the trainer says, on any picture that the run validated on (of a run
 * that validated on none: that it trained on), and ConfigError when figures are asked for that such a run cannot have.
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
  const parity = await proveParity(request, built.model);
  progress.note(describeParity(parity));
  const epoch = Math.max(...run.networks.map(({ checkpoint }) => checkpoint.trainer.epoch));
  const { batchNorms } = built;
  if (samples === null) {
    return { model: withMetrics(built.model, { epoch }), batchNorms, parity, figures: null, int8: undefined };
  }
  const calibrated = config.calibrate ? await calibrateExport(request, samples, built.model) : built.model;
  const figures = await measure(request, samples, calibrated);
  const { accuracy, nll: loss, n } = figures.evaluation;
  const model = withMetrics(calibrated, validationMetrics({ epoch, accuracy, loss, n }));
  const int8 = config.int8 ? await tryInt8({ ...request, samples }, model) : undefined;
  return { model, batchNorms, parity, figures, int8 };
}

async function calibrateExport(
  { dataset, config: { threads }, runtimes, progress = silentProgress }: ExportRequest,
  samples: EvaluatedSamples,
  file: Uint8Array,
): Promise<Uint8Array> {
  const { openSession } = runtimes[0];
  const { model } = await calibrate({ file, dataset, samples, config: { batch, threads }, openSession, progress });
  return model;
}

async function measure(
  { dataset, config, runtimes, recompress, progress = silentProgress }: ExportRequest,
  samples: EvaluatedSamples,
  bytes: Uint8Array,
): Promise<ExportFigures> {
  const model = await ExpressionModel.open(bytes, runtimes[0].openSession, { threads: config.threads });
  try {
    const evaluation = await evaluate(dataset, model, samples, { batch, progress });
    const mirrored = await evaluate(dataset, model, samples, { batch, tta: 'flip', progress });
    const stress = config.stress
      ? await evaluateStress(dataset, model, samples.indices, { batch, recompress, progress })
      : undefined;
    return { evaluation, mirrored, stress };
  } finally {
    await model.release();
  }
}

/** One line: on what it was compared, and how far the two are apart. */
export function describeParity({ n, maxDifference }: Parity): string {
  return `the trainer's own forward pass and the exported model name the same class for all ${n} pictures compared; their probabilities differ by at most ${maxDifference.toExponential(1)}`;
}

async function proveParity(
  { run, dataset, samples, training, config, runtimes, progress = silentProgress }: ExportRequest,
  bytes: Uint8Array,
): Promise<Parity> {
  const { openSession } = runtimes[0];
  const { threads } = config;
  const indices = samples?.indices ?? training;
  const looks = indices.length * (run.networks.length + 1);
  const onDone = (done: number) => progress.update(done, looks, 'pictures compared with the trainer');
  const trainer = await predictAsTrained(run, dataset, indices, { openSession, threads, onDone });
  const model = await ExpressionModel.open(bytes, openSession, { threads });
  try {
    const pictures = Array.from(indices, (i) => samplePicture(dataset, i));
    const before = indices.length * run.networks.length;
    const exported = await predictPictures(model, pictures, { batch, onDone: (done) => onDone(before + done) });
    progress.finish();
    const parity = measureParity(trainer, exported, readExpressionModel(bytes).metadata.labels.length);
    requireParity(parity);
    return parity;
  } finally {
    await model.release();
  }
}
