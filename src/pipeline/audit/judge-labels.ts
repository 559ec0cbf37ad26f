// An audit's probabilities: predictions of models for samples that they were not trained on.

import type { SampleProbabilities } from '../../core/dataset/audit/probabilities-csv.js';
import { withoutTwinsIn } from '../../core/dataset/duplicates.js';
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { DatasetError, RunError } from '../../core/errors.js';
import type { ExpressionModel } from '../../core/model/expression-model.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { isTestSplit } from '../data/test-splits.js';
import { predictPictures } from '../evaluate/predict-pictures.js';
import { chooseSamples } from '../train/choose-samples.js';
import { readRunConfig, readRunFacts, readRunSplits, runFiles } from '../train/run-folder.js';
import { describeSplit } from '../train/trained-on.js';
import { samplesTrainedOn, sawOnlyItsOwnRows } from '../train/trained-samples.js';

/** Out-of-sample probabilities of some samples, with a text about their origin and about the samples without any. */
export interface LabelJudge extends SampleProbabilities {
  readonly by: string;
  /** Why the others are not judged; empty when all are. */
  readonly others: string;
}

export interface JudgeOptions {
  /** Pictures in one run of a model. */
  readonly batch: number;
  readonly onDone?: (pictures: number, total: number) => void;
}

const testRows = 'samples of test splits are left to the final evaluation';

/** Judges by one model. With `unseen` the user states that it was trained on none of the samples; otherwise its file must name them. */
export async function judgeByModel(
  dataset: PackedDataset,
  model: ExpressionModel,
  { unseen, ...options }: JudgeOptions & { readonly unseen: boolean },
): Promise<LabelJudge> {
  const { run, split } = model.metadata;
  const trained = unseen ? new Int32Array(0) : samplesTrainedOn(dataset, model.metadata);
  if (trained === undefined) {
    const reason =
      "the model's file does not say which of these samples it was trained on; name --runs of this dataset, --probabilities, or give --unseen when it was trained on none";
    return { indices: new Int32Array(0), probabilities: new Float32Array(0), by: `model ${run}`, others: reason };
  }
  const indices = withoutTwinsIn(dataset, openSamples(dataset), trained);
  const probabilities = await ask(model, dataset, indices, options);
  return {
    ...{ indices, probabilities },
    by: unseen ? `model ${run}, which was trained on none of them, as the user states` : `model ${run}, ${split}`,
    others: unseen
      ? testRows
      : `the model was trained on them or on identical pictures, so it reproduces their labels; ${testRows}`,
  };
}

export interface JudgingRun {
  readonly name: string;
  readonly store: BlobStore;
}

/**
 * Judges by runs, each for the samples that it was not trained on; where several apply, by their mean. Throws RunError for a folder
 * that is not a finished run on this dataset.
 */
export async function judgeByRuns(
  dataset: PackedDataset,
  runs: readonly JudgingRun[],
  openModel: (bytes: Uint8Array) => Promise<ExpressionModel>,
  options: JudgeOptions,
): Promise<LabelJudge> {
  const classes = dataset.labels.length;
  const sums = new Float64Array(dataset.count * classes);
  const judges = new Uint16Array(dataset.count);
  for (const run of runs) {
    const { model: bytes, unseen } = await openRun(dataset, run);
    const model = await openModel(bytes);
    try {
      const probabilities = await ask(model, dataset, unseen, options);
      unseen.forEach((index, k) => {
        judges[index]! += 1;
        for (let c = 0; c < classes; c++) sums[index * classes + c]! += probabilities[k * classes + c]!;
      });
    } finally {
      await model.release();
    }
  }
  const indices = Int32Array.from(judges.keys()).filter((i) => judges[i]! > 0);
  const probabilities = new Float32Array(indices.length * classes);
  indices.forEach((index, k) => {
    for (let c = 0; c < classes; c++) probabilities[k * classes + c] = sums[index * classes + c]! / judges[index]!;
  });
  const names = runs.map(({ name }) => name).join(', ');
  return {
    ...{ indices, probabilities },
    by: `${runs.length === 1 ? 'run' : 'runs'} ${names}, each on what it was not trained on`,
    others: `all of these runs were trained on them or on identical pictures; ${testRows}`,
  };
}

async function openRun(dataset: PackedDataset, { name, store }: JudgingRun) {
  const named = (problem: string) => new RunError(`${name} ${problem}`);
  const config = await readRunConfig(store).catch((error: Error) =>
    Promise.reject(named(`is no run: ${error.message}`)),
  );
  const facts = await readRunFacts(store);
  if (facts.dataset !== dataset.hash) {
    throw named(
      'must be a run of this dataset to tell what it was trained on, and is of another hash; leave it out, or audit the dataset it was trained on',
    );
  }
  const { pretrained, splits: splitFile } = facts;
  if (!sawOnlyItsOwnRows({ dataset: facts.dataset, split: describeSplit(config), splitFile, pretrained })) {
    throw named(
      `must have begun with fresh weights, or those of a run of the same split, to tell what it was trained on, and began with those of ${pretrained!.run}, which was ${pretrained!.split}; leave it out, or give --probabilities`,
    );
  }
  const model = await store.read(runFiles.model);
  if (model === undefined) {
    throw named(
      `must hold ${runFiles.model}, which is written when a run ends, and does not; finish it with 'moodlens train --resume'`,
    );
  }
  return {
    model,
    unseen: withoutTwinsIn(
      dataset,
      openSamples(dataset),
      chooseSamples(dataset, config, await readRunSplits(store, config, dataset)).training,
    ),
  };
}

/** All samples outside test splits. */
function openSamples({ splits, splitNames }: PackedDataset): Int32Array {
  const isTest = splitNames.map(isTestSplit);
  return Int32Array.from(splits.keys()).filter((i) => !isTest[splits[i]!]);
}

/** `[indices, classes]` in the order of the dataset's classes. Throws DatasetError when the model has other classes. */
async function ask(
  model: ExpressionModel,
  dataset: PackedDataset,
  indices: Int32Array,
  { batch, onDone }: JudgeOptions,
): Promise<Float32Array> {
  const own = model.metadata.labels.map((label) => label.toLowerCase());
  const columns = dataset.labels.map((label) => own.indexOf(label.toLowerCase()));
  if (columns.includes(-1) || own.length !== columns.length) {
    throw new DatasetError(
      `a model that judges labels must know the classes of the data, ${dataset.labels.join(', ')}, and knows ${model.metadata.labels.join(', ')}; name another`,
    );
  }
  const pictures = Array.from(indices, (i) => samplePicture(dataset, i));
  const given = await predictPictures(model, pictures, { batch, onDone: (done) => onDone?.(done, indices.length) });
  return given.map((_, k) => given[k - (k % columns.length) + columns[k % columns.length]!]!);
}
