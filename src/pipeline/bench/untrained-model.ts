// The model file of a network with its initial weights, as `moodlens export` would write it.
import { expressionLabels } from '../../core/dataset/labels.js';
import { buildModel } from '../../core/model/build-model.js';
import { architectureFacts } from '../../core/nn/architectures/architecture-facts.js';
import { type ArchitectureName, createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { initialWeights } from '../../core/nn/architectures/parameters.js';
import { createRandom } from '../../core/numbers/random.js';
import { foldBatchNorm } from '../../core/onnx/fold-batch-norm.js';
import { readModel } from '../../core/onnx/read-model.js';
import { writeModel } from '../../core/onnx/write-model.js';
import { trainedOnNothing } from '../train/trained-on.js';

/** Batch normalisation is folded where it can be. */
export function untrainedModel(name: ArchitectureName): Uint8Array {
  const architecture = createArchitecture(name, { classes: expressionLabels.length });
  const { input, embedding, parameters, multiplyAdds } = architectureFacts(architecture);
  const model = buildModel(architecture, initialWeights(architecture, createRandom(1)), {
    ...{ format: 1, architecture: name, labels: [...expressionLabels], input, embedding, parameters, multiplyAdds },
    ...{ split: trainedOnNothing, metrics: {}, dataset: 'none', run: 'untrained', licence: 'MIT' },
  });
  return writeModel(foldBatchNorm(readModel(model)));
}
