// Opens an imported dataset.
import { type PackedDataset, readPackedDataset } from '../../core/dataset/packed-dataset.js';
import type { BlobStore } from '../../core/ports/blob-store.js';

/** Reads and checks the dataset in a folder. Throws DatasetError when there is none or it is damaged. */
export function readDataset(store: BlobStore): Promise<PackedDataset> {
  return readPackedDataset(store);
}
