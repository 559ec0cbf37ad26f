// The true classes of samples in a model's order of classes: they match by name, because models and datasets may order them differently.
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { DatasetError } from '../../core/errors.js';

/** For each sample the index of its class in `labels`, the model's class names. Throws DatasetError when the model does not know a class. */
export function trueClasses(dataset: PackedDataset, indices: Int32Array, labels: readonly string[]): Uint8Array {
  const classOf = dataset.labels.map((label) => labels.findIndex((own) => own.toLowerCase() === label.toLowerCase()));
  const unknown = dataset.labels.filter((_, c) => classOf[c] === -1 && indices.some((i) => dataset.classes[i] === c));
  if (unknown.length > 0) {
    throw new DatasetError(
      `the model must know the classes of the data; it knows ${labels.join(', ')}, and the data has ${unknown.join(', ')} too; use a model trained on these classes`,
    );
  }
  return Uint8Array.from(indices, (i) => classOf[dataset.classes[i]!]!);
}
