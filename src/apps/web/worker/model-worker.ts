// The Models view's worker: opens a model, predicts dropped pictures, and evaluates the labelled ones.
import { config as configureZod } from 'zod';
import { openSession } from '../../../adapters/browser/session.js';
import { Sha256 } from '../../../core/bytes/sha256.js';
import { mainFace } from '../../../core/detect/main-face.js';
import { MediaError, ModelFormatError } from '../../../core/errors.js';
import { classificationFigures } from '../../../core/metrics/classification-figures.js';
import { reliabilityBins } from '../../../core/metrics/reliability-bins.js';
import { ExpressionModel } from '../../../core/model/expression-model.js';
import type { ModelMetadata } from '../../../core/model/model-metadata.js';
import type { CutFace } from '../../../pipeline/predict/predict.js';
import { toFailure } from './failure.js';
import { isEvaluationOf } from './is-evaluation-of.js';
import { readModelSource } from './model-files.js';
import type {
  EvaluationFile,
  FromModelWorker,
  Judgement,
  PictureFile,
  PictureProblem,
  PictureResult,
  ToModelWorker,
} from './model-protocol.js';
import { openFaceFinder, type ReadFaces, type ReadPicture, readCroppedFace } from './picture-reader.js';
import { readEvaluation } from './read-evaluation.js';
import { useOwnRuntimeFiles } from './runtime-files.js';
import { sortPictures } from './sort-pictures.js';

/** The part of the worker's global scope that is used; the DOM library describes a window's. */
const scope = globalThis as unknown as {
  postMessage(message: FromModelWorker): void;
  onmessage: ((event: MessageEvent<ToModelWorker>) => void) | null;
};

/** Pictures in one run of the model: enough for speed, few enough for progress and an immediate stop. */
const batch = 16;
const smallPictureBytes = 100_000;
/** An evaluation is some ten kilobytes; larger files are something else. */
const maxEvaluationBytes = 10_000_000;

// The page's security policy forbids code from strings, which Zod would try for speed.
configureZod({ jitless: true });
useOwnRuntimeFiles();

let model: ExpressionModel | undefined;
let faceFinder: Promise<ReadFaces> | undefined;
/** The wanted job; a job with another number ends without a message. */
let wanted = 0;
/** One thing at a time: a model is not released while it runs. */
let queue = Promise.resolve();

const post = (message: FromModelWorker): void => scope.postMessage(message);

scope.onmessage = ({ data }) => {
  if (data.type === 'read-evaluation') {
    void evaluationOf(data);
    return;
  }
  wanted = data.type === 'predict' ? data.job : 0;
  if (data.type === 'open') queue = queue.then(() => open(data));
  if (data.type === 'predict') {
    queue = queue
      .then(() => predict(data))
      .catch((error: unknown) => post({ type: 'failed', job: data.job, failure: toFailure(error) }));
  }
};

async function open(order: Extract<ToModelWorker, { type: 'open' }>): Promise<void> {
  const { request, name, model: source } = order;
  try {
    const bytes = await readModelSource(source);
    if (!bytes) throw new ModelFormatError(`There must be a model ${name}, but the server has none; reload the page.`);
    const size = bytes.length;
    const hash = new Sha256().update(bytes).hex();
    const opened = await ExpressionModel.open(bytes, openSession);
    // Only now: when a model is refused, the one before stays in use.
    await model?.release();
    model = opened;
    const { metadata, view = null } = opened;
    const evaluation = order.evaluation === null ? null : await ownEvaluation(order.evaluation, metadata, hash);
    post({ type: 'opened', request, card: { name, bytes: size, hash, metadata, view, evaluation } });
  } catch (error) {
    post({ type: 'refused', request, failure: toFailure(error) });
  }
}

/** Undefined when it cannot be read or is of an earlier model: the figures then come from the card. */
async function ownEvaluation(
  url: string,
  { run, labels }: ModelMetadata,
  hash: string,
): Promise<EvaluationFile | null> {
  try {
    const bytes = await readModelSource(url);
    if (!bytes || bytes.length > maxEvaluationBytes) return null;
    const read = readEvaluation(url.slice(url.lastIndexOf('/') + 1), new TextDecoder().decode(bytes));
    return isEvaluationOf(read, { run, hash }) && read.labels.join() === labels.join() ? read : null;
  } catch {
    return null;
  }
}

async function predict(order: Extract<ToModelWorker, { type: 'predict' }>): Promise<void> {
  const { job, pictures, findFaces, modelsUrl } = order;
  const asked = model;
  if (!asked || job !== wanted) return;
  const { labels, input } = asked.metadata;
  const { truth, unknownFolders } = sortPictures(
    pictures.map(({ path }) => path),
    labels,
  );
  post({ type: 'begun', job, labels, labelled: truth.filter((label) => label !== null).length, unknownFolders });
  const readPicture = findFaces ? await findingFaces(modelsUrl) : readCroppedFace;
  const answers: { readonly truth: number; readonly probabilities: readonly number[] }[] = [];
  for (let start = 0; start < pictures.length; start += batch) {
    const files = pictures.slice(start, start + batch);
    const seen = await readFaces(files, (file) => readPicture(file, input).catch(explainUnreadable));
    if (job !== wanted) return;
    const results: PictureResult[] = [];
    const problems: PictureProblem[] = [];
    const found = files.flatMap(({ path }, i) => {
      const label = truth[start + i]!;
      const faces = facesToAsk(seen[i]!, label !== null);
      if (typeof faces !== 'string') return faces.map((one) => ({ ...one, path, truth: label }));
      problems.push({ path, reason: faces });
      return [];
    });
    const predictions = await asked.predict(found.map(({ face }) => face));
    found.forEach((one, i) => {
      const { label, probabilities } = predictions[i]!;
      results.push({ ...one, label, probabilities: [...probabilities] });
      if (one.truth !== null) answers.push({ truth: one.truth, probabilities: [...probabilities] });
    });
    post({ type: 'predicted', job, pictures: files.length, results, problems });
  }
  post({ type: 'finished', job, judgement: judge(answers, labels) });
}

/** All faces of a picture; of a labelled one the main face only, because it has one label. Otherwise the reason why there is none. */
function facesToAsk(
  seen: ReadPicture | string,
  isLabelled: boolean,
): readonly Pick<PictureResult, 'face' | 'box' | 'index' | 'count'>[] | string {
  if (typeof seen === 'string') return seen;
  const { width, height, faces } = seen;
  if (faces.length === 0) return 'it must show a face, and none was found; crop it to the face';
  const main = isLabelled ? mainFaceOf(faces) : faces;
  if (main.length === 0) return 'it must show one face, and several are as large; crop it to one';
  return main.map(({ face, box }, index) => ({
    ...{ face, index, count: main.length },
    box: box && [box[0] / width, box[1] / height, box[2] / width, box[3] / height],
  }));
}

/** The clearly largest face; none when there are several of like size. */
function mainFaceOf(faces: readonly CutFace[]): readonly CutFace[] {
  const found = faces.flatMap(({ box, score }) => (box ? [{ box, score: score ?? 0, keypoints: null }] : []));
  return found.length > 0 && mainFace(found) === 'several' ? [] : faces.slice(0, 1);
}

/** Small files are decoded together; a dozen photographs at once could exceed the memory. */
async function readFaces<Face>(files: readonly PictureFile[], read: (file: Blob) => Promise<Face>): Promise<Face[]> {
  if (files.every(({ file }) => file.size <= smallPictureBytes)) {
    return Promise.all(files.map(({ file }) => read(file)));
  }
  const faces: Face[] = [];
  for (const { file } of files) faces.push(await read(file));
  return faces;
}

/** The detector is loaded once; after a failure the next call loads it again. */
function findingFaces(modelsUrl: string): Promise<ReadFaces> {
  faceFinder ??= openFaceFinder(modelsUrl).catch((error: unknown) => {
    faceFinder = undefined;
    throw error;
  });
  return faceFinder;
}

function explainUnreadable(error: unknown): string {
  if (error instanceof MediaError) return error.message;
  // A file that was moved or changed since it was dropped.
  if (error instanceof DOMException) return `it could not be read (${error.message})`;
  throw error;
}

function judge(
  answers: readonly { readonly truth: number; readonly probabilities: readonly number[] }[],
  labels: readonly string[],
): Judgement | null {
  if (answers.length === 0) return null;
  const truth = answers.map((answer) => answer.truth);
  const probabilities = Float32Array.from(answers.flatMap((answer) => answer.probabilities));
  return {
    labels,
    figures: classificationFigures(truth, probabilities, labels),
    reliability: reliabilityBins({ truth, probabilities, classes: labels.length }),
  };
}

async function evaluationOf({ name, file }: Extract<ToModelWorker, { type: 'read-evaluation' }>): Promise<void> {
  try {
    const text = file.size > maxEvaluationBytes ? '' : await file.text();
    post({ type: 'evaluation', evaluation: readEvaluation(name, text) });
  } catch (error) {
    post({ type: 'evaluation-refused', failure: toFailure(error) });
  }
}
