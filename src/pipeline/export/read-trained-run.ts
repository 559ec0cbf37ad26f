// Reads the export's input from a run folder: the trained network with its history, or those of an ensemble's members.
import { RunError } from '../../core/errors.js';
import type { Architecture } from '../../core/nn/architectures/architecture.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { type Checkpoint, requireCheckpointOf } from '../../core/training/checkpoint.js';
import { architectureOptions } from '../train/architecture-options.js';
import type { TrainConfig } from '../train/config.js';
import { parseEnsembleConfig } from '../train/ensemble-config.js';
import { type RunFacts, type RunStart, readRunConfig, readRunFacts, readRunStarts } from '../train/run-folder.js';
import { type RunResult, readResult } from '../train/run-result.js';
import { readWeights } from '../train/run-weights.js';
import { memberName, readEnsembleConfig } from '../train/train-ensemble.js';

/** One trained network. */
export interface TrainedNetwork {
  readonly config: TrainConfig;
  readonly facts: RunFacts;
  readonly starts: readonly RunStart[];
  /** How its run ended; undefined while it runs, and for a run of a version that did not record it. */
  readonly result: RunResult | undefined;
  readonly architecture: Architecture;
  readonly weights: TrainConfig['keep'];
  readonly checkpoint: Checkpoint;
}

export interface TrainedRun {
  readonly name: string;
  /** One, or an ensemble's members. */
  readonly networks: readonly TrainedNetwork[];
}

export interface TrainedRunPlaces {
  readonly name: string;
  readonly store: BlobStore;
  /** The folder of an ensemble's member, inside the run's. */
  readonly memberStore: (name: string) => BlobStore;
}

export interface TrainedRunOptions {
  /** The dataset that the run must belong to. */
  readonly dataset: { readonly hash: string; readonly labels: readonly string[] };
  /** Default: each run's `keep`. */
  readonly weights?: TrainConfig['keep'] | undefined;
}

/** The stores that hold the trained networks: the run's own, or those of an ensemble's members in their order. */
export async function networkStores({ store, memberStore }: TrainedRunPlaces): Promise<readonly BlobStore[]> {
  const ensemble = await readEnsembleConfig(store);
  return ensemble === undefined ? [store] : parseEnsembleConfig(ensemble).map((_, i) => memberStore(memberName(i)));
}

/** Throws RunError when there is no run, no checkpoint yet, or the run belongs to another dataset. */
export async function readTrainedRun(places: TrainedRunPlaces, options: TrainedRunOptions): Promise<TrainedRun> {
  const stores = await networkStores(places);
  const networks: TrainedNetwork[] = [];
  for (const [i, store] of stores.entries()) {
    try {
      networks.push(await readNetwork(store, options));
    } catch (error) {
      if (stores.length === 1 || !(error instanceof RunError)) throw error;
      throw new RunError(`${memberName(i)} of the ensemble: ${error.message}`, { cause: error });
    }
  }
  return { name: places.name, networks };
}

async function readNetwork(store: BlobStore, { dataset, weights: asked }: TrainedRunOptions): Promise<TrainedNetwork> {
  const config = await readRunConfig(store);
  const facts = await readRunFacts(store);
  if (facts.dataset !== dataset.hash) {
    throw new RunError(
      `a run is exported with the dataset it was trained on, of hash ${facts.dataset.slice(0, 12)}…, and this one has another, ${dataset.hash.slice(0, 12)}…; give that --data`,
    );
  }
  const weights = asked ?? config.keep;
  const checkpoint = await readWeights(store, weights);
  const architecture = createArchitecture(config.architecture, architectureOptions(config, dataset.labels.length));
  requireCheckpointOf(architecture, checkpoint);
  const [starts, result] = [await readRunStarts(store), await readResult(store)];
  return { config, facts, starts, result, architecture, weights, checkpoint };
}
