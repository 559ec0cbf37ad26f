// The export stage: a trained run -> one self-contained .onnx that is proved to say what the trainer says, and its card.
import { samplePicture } from '../../core/dataset/packed-dataset.js';
import { ExpressionModel } from '../../core/nn/expression-model.js';
import { readExpressionModel } from '../../core/nn/read-expression-model.js';
import { silentProgress } from '../../core/ports/progress.js';
import type { RecompressJpeg } from '../../core/ports/recompress-jpeg.js';
import { type Evaluation, evaluate } from '../evaluate/evaluate.js';
import { predictPictures } from '../evaluate/predict-pictures.js';
import { evaluateStress, type StressEvaluation } from '../evaluate/stress.js';
import { validationMetrics } from '../train/write-model.js';
import { type BuiltExport, buildExport, withMetrics } from './build-export.js';
import { measureParity, type Parity, requireParity } from './parity.js';
import { predictAsTrained } from './predict-as-trained.js';
import type { TrainedRun } from './read-trained-run.js';
import { type Int8Outcome, type Int8Request, tryInt8 } from './try-int8.js';

export interface ExportRequest extends Int8Request {
  /** Of the dataset's hash. */
  readonly run: TrainedRun;
  readonly recompress: RecompressJpeg;
}

export interface ExportedRun {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly batchNorms: BuiltExport['batchNorms'];
  readonly parity: Parity;
  readonly evaluation: Evaluation;
  /** The mean over each picture and its mirror image. */
  readonly mirrored: Evaluation;
  /** Undefined unless it was asked for. */
  readonly stress: StressEvaluation | undefined;
  /** Undefined unless it was asked for. */
  readonly int8: Int8Outcome | undefined;
}

const batch = 64;

/** Throws ModelFormatError when the model does not say what the trainer says, on any picture that the run validated on. */
export async function exportRun(request: ExportRequest): Promise<ExportedRun> {
  const { run, dataset, samples, config, runtimes, progress = silentProgress } = request;
  const { openSession } = runtimes[0];
  const built = buildExport(run, dataset.labels);
  const parity = await proveParity(request, built.model);
  progress.note(describeParity(parity, samples.split));
  const model = await ExpressionModel.open(built.model, openSession, { threads: config.threads });
  try {
    const evaluation = await evaluate(dataset, model, samples, { batch, progress });
    const mirrored = await evaluate(dataset, model, samples, { batch, tta: 'flip', progress });
    const stress = config.stress
      ? await evaluateStress(dataset, model, samples.indices, { batch, recompress: request.recompress, progress })
      : undefined;
    const { accuracy, nll: loss, n } = evaluation;
    const epoch = Math.max(...run.networks.map(({ checkpoint }) => checkpoint.trainer.epoch));
    const bytes = withMetrics(built.model, validationMetrics({ epoch, accuracy, loss, n }));
    const int8 = config.int8 ? await tryInt8(request, bytes) : undefined;
    return { model: bytes, batchNorms: built.batchNorms, parity, evaluation, mirrored, stress, int8 };
  } finally {
    await model.release();
  }
}

/** One line: on what it was compared, and how far the two are apart. */
export function describeParity({ n, maxDifference }: Parity, split: string): string {
  return `the trainer's own forward pass and the exported model name the same class for all ${n} pictures of ${split}; their probabilities differ by at most ${maxDifference.toExponential(1)}`;
}

async function proveParity(
  { run, dataset, samples, config, runtimes, progress = silentProgress }: ExportRequest,
  bytes: Uint8Array,
): Promise<Parity> {
  const { openSession } = runtimes[0];
  const { threads } = config;
  const { indices } = samples;
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
