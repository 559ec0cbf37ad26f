import { expect, it } from 'vitest';
import { trialShare } from './trial-runner.js';

const config = { batchSize: 64, ghostBatch: null, threads: 2, workers: 1 };

it.each([
  // What the configuration does not name are defaults of the schema.
  [{}, 4, { threads: 4, workers: 4 }],
  [{}, 1, { threads: 1, workers: 1 }],
  [{ threads: 2 }, 4, { threads: 2, workers: 2 }],
  [{ threads: 2, workers: 1 }, 4, { threads: 2, workers: 1 }],
  // Several trials at a time must not take more than there is.
  [{ threads: 2, workers: 1 }, 1, { threads: 1, workers: 1 }],
  [{ workers: 1 }, 3, { threads: 3, workers: 1 }],
])('a trial of a search that names %j takes of %i cores %j', (given, cores, share) => {
  expect(trialShare(config, { cores, device: 'cpu', given })).toEqual(share);
});
