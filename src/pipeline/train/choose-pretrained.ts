// The run that another one goes on from: whether its weights fit, and what the new run says about it.
import { Sha256 } from '../../core/bytes/sha256.js';
import { ConfigError, RunError } from '../../core/errors.js';
import type { PretrainedFacts } from '../../core/model/model-metadata.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { type Architecture, parameterPrefixes, parametersOf } from '../../core/nn/architectures/architecture.js';
import { initialWeights, type Weights } from '../../core/nn/architectures/parameters.js';
import { elements } from '../../core/nn/layers/layer.js';
import type { Random } from '../../core/numbers/random.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { modelWeights } from '../../core/training/engine.js';
import { readRunConfig, runFiles } from './run-folder.js';
import { readWeights, weightsFile } from './run-weights.js';

export interface Pretrained {
  /** Kept in run.json and in the model. */
  readonly facts: PretrainedFacts;
  readonly labels: readonly string[];
  /** Those that became its model: of the last epoch or the best, their moving average where it keeps one. */
  readonly weights: Weights;
}

/** Reads the kept weights of a finished run from its folder. Throws RunError when it is no such folder, ModelFormatError for a damaged model. */
export async function readPretrained(store: BlobStore): Promise<Pretrained> {
  const { keep } = await readRunConfig(store);
  const model = await store.read(runFiles.model);
  const checkpoint = await store.read(weightsFile(keep));
  if (model === undefined || checkpoint === undefined) {
    throw new RunError(
      `a run to go on from must be finished, with ${runFiles.model} and its checkpoint, and this one is not; finish it with 'moodlens train --resume'`,
    );
  }
  const { run, architecture, split, dataset, targets, labels, pretrained } = readExpressionModel(model).metadata;
  const hash = new Sha256().update(checkpoint).hex();
  return {
    facts: { hash, run, architecture, split, dataset, targets, ...(pretrained && { earlier: runsBefore(pretrained) }) },
    labels,
    weights: modelWeights((await readWeights(store, keep)).engine),
  };
}

/** The run and those before it, without what only it says. */
function runsBefore({ run, dataset, split, earlier = [] }: PretrainedFacts): PretrainedFacts['earlier'] {
  return [{ run, dataset, split }, ...earlier];
}

/**
 * Fresh weights, with the pretrained ones in their places. The head is fresh when the classes are others (fine-tuning), the
 * auxiliary head when the run had none. Throws ConfigError when the layers below the heads are not those of the architecture.
 */
export function pretrainedWeights(
  architecture: Architecture,
  labels: readonly string[],
  { facts, weights, labels: itsLabels }: Pretrained,
  random: Random,
): Weights {
  const { head, auxiliary } = parameterPrefixes(architecture);
  const hasSameClasses = labels.join() === itsLabels.join();
  const fresh = initialWeights(architecture, random);
  for (const { name, shape } of parametersOf(architecture)) {
    const values = weights.get(name);
    const fits = values?.length === elements(shape);
    if (name.startsWith(head) ? hasSameClasses && fits : fits) {
      fresh.set(name, values!.slice());
    } else if (!name.startsWith(head) && !name.startsWith(auxiliary)) {
      throw new ConfigError(
        `pretrained weights must be of the same network, here ${architecture.name}, and ${name} of ${facts.run} (${facts.architecture}) has ${values?.length ?? 'no'} values instead of ${elements(shape)}; choose the architecture, and the kernel, of that run`,
      );
    }
  }
  return fresh;
}
