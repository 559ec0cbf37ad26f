// The trainer's outputs for pictures: its evaluation graph, in which batch normalisation is an operator and the
// weights are inputs. An exported model is verified against them.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import type { OpenSession } from '../../core/ports/session.js';
import { type Samples, validationCrops } from '../../core/training/batches.js';
import { LocalEngine } from '../../core/training/engine.js';
import type { TrainedNetwork, TrainedRun } from './read-trained-run.js';

export interface PredictAsTrainedOptions {
  readonly openSession: OpenSession;
  readonly threads: number;
  /** Receives the number of finished predictions: pictures times networks in all. */
  readonly onDone?: (predictions: number) => void;
}

/** Pictures in one run of the graph. */
const chunk = 128;

/** Probabilities `[indices, classes]`; of an ensemble, the mean over its members. */
export async function predictAsTrained(
  { networks }: TrainedRun,
  dataset: PackedDataset,
  indices: Int32Array,
  options: PredictAsTrainedOptions,
): Promise<Float32Array> {
  const mean = new Float64Array(indices.length * dataset.labels.length);
  for (const [k, network] of networks.entries()) {
    const onDone = (done: number) => options.onDone?.(k * indices.length + done);
    const probabilities = await predictNetwork(network, dataset, indices, { ...options, onDone });
    for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + probabilities[i]! / networks.length;
  }
  return Float32Array.from(mean);
}

async function predictNetwork(
  { config, architecture, checkpoint }: TrainedNetwork,
  { width, height, pixels, classes, labels }: PackedDataset,
  indices: Int32Array,
  { openSession, threads, onDone }: PredictAsTrainedOptions,
): Promise<Float32Array> {
  const { optimiser, average } = config;
  const engine = new LocalEngine(architecture, openSession, {
    ...{ optimiser, average, threads },
    weights: checkpoint.engine.weights,
  });
  try {
    await engine.restore(checkpoint.engine);
    const samples: Samples = { width, height, pixels, classes, indices };
    const probabilities = new Float32Array(indices.length * labels.length);
    for (let from = 0; from < indices.length; from += chunk) {
      const to = Math.min(from + chunk, indices.length);
      const crops = validationCrops(samples, architecture.view, from, to);
      probabilities.set(await engine.predict(crops, to - from), from * labels.length);
      onDone?.(to);
    }
    return probabilities;
  } finally {
    await engine.release();
  }
}
