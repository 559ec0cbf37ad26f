// Importing the real FER2013, when it is at hand.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith, requireShared } from '../../../tests/requirements.js';
import { openFileChunks } from '../../adapters/node/files.js';
import { firstTwins } from '../../core/dataset/duplicates.js';
import { splitIndices } from '../../core/dataset/packed-dataset.js';
import { stratifiedFolds } from '../../core/dataset/splits.js';
import { importFer2013 } from './import-fer2013.js';

/** SHA-256 of all pixels, computed with NumPy from the rebuilt CSV. */
const pixelsHash = '19fc1ab4e299919172535d9fba887377324248cddecccb0cf4c6a195acc8173b';
const shared = requireShared('fer2013');
describeWith(shared, 'the real FER2013', () => {
  it('comes in row for row, with its known twins, and folds without splitting them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fer2013-'));
    try {
      const csv = join(folder, 'fer2013.csv');
      const made = spawnSync(process.execPath, [join(shared.path, 'rebuild.mjs'), csv], { encoding: 'utf8' });
      expect(made.status, made.stderr).toBe(0);
      const { size: bytes, chunks } = await openFileChunks(csv);
      expect(bytes).toBe(270_979_535);
      const { dataset } = await importFer2013(chunks, 'fer2013.csv');
      const labels = readFileSync(join(shared.path, 'labels.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
      const ours = Array.from(dataset.rows, (row, i) =>
        [row, dataset.classes[i], dataset.splitNames[dataset.splits[i]!]].join(),
      );
      expect(ours).toEqual(labels);
      expect(createHash('sha256').update(dataset.pixels).digest('hex')).toBe(pixelsHash);
      const twins = firstTwins(dataset);
      const trained = new Set(Array.from(splitIndices(dataset, 'Training'), (i) => twins[i]));
      expect(splitIndices(dataset, 'PublicTest').filter((i) => trained.has(twins[i]!))).toHaveLength(280);
      for (const { training, validation } of stratifiedFolds(dataset, { folds: 5, seed: 1 })) {
        const inTraining = new Set(Array.from(training, (i) => twins[i]));
        expect(validation.some((i) => inTraining.has(twins[i]!))).toBe(false);
        expect(Math.abs(validation.length - dataset.count / 5)).toBeLessThan(dataset.count * 0.002);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
