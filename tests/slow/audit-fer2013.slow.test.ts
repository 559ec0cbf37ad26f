// The audit on FER2013 itself: every PublicTest row that is pixel-identical to a Training row, and what is known to be blank.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { expressionLabels } from '../../src/core/dataset/labels.js';
import { createDataset, samplePicture } from '../../src/core/dataset/packed-dataset.js';
import { auditDataset } from '../../src/pipeline/audit/audit.js';
import { cleanDataset } from '../../src/pipeline/audit/clean-dataset.js';
import { parseAuditConfig } from '../../src/pipeline/audit/config.js';
import { describeWith, requireShared } from '../requirements.js';

const shared = requireShared('fer2013');
describeWith(shared, 'the audit of FER2013', () => {
  test('finds all 280 twins, the blank pictures and copies that differ a little, and a cleaned copy has none', async () => {
    const dataset = await wholeDataset(shared.path);
    const votes = readFileSync(join(shared.path, 'ferplus.csv'), 'utf8');
    const audit = await auditDataset(dataset, { votes });
    // Counted here from the pixels themselves, without the audit's own comparison.
    const texts = (split: number) =>
      [...dataset.splits.keys()]
        .filter((i) => dataset.splits[i] === split)
        .map((i) => Buffer.from(samplePicture(dataset, i).data).toString('latin1'));
    const trained = new Set(texts(0));
    const twins = texts(1).filter((text) => trained.has(text)).length;
    expect(twins).toBe(280);
    expect(audit.exactAcrossSplits).toContainEqual({ split: 'PublicTest', other: 'Training', samples: 280 });
    expect(audit.blank.length).toBeGreaterThanOrEqual(12);
    expect(audit.nearDuplicates.length).toBeGreaterThan(1000);
    const cleaned = cleanDataset(audit, parseAuditConfig({ remove: ['blank', 'twins', 'near-twins', 'conflicting'] }));
    expect(cleaned.dataset.splits.filter((split) => split === 1)).toHaveLength(3589);
    const after = await auditDataset(cleaned.dataset, { votes });
    expect([after.exactAcrossSplits, after.nearAcrossSplits]).toEqual([[], []]);
    expect(after.exactDuplicates.filter(({ acrossSplits }) => acrossSplits)).toEqual([]);
  });
});

/** All rows out of the picture atlases: 64 tiles of 48 x 48 a line, 4096 rows an atlas. */
async function wholeDataset(folder: string) {
  const rows = readFileSync(join(folder, 'labels.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const splitNames = ['Training', 'PublicTest'];
  const pixels = new Uint8Array(rows.length * 48 * 48);
  let atlas = { index: -1, width: 0, data: new Uint8Array() };
  for (const [i, [text]] of rows.entries()) {
    const row = Number(text);
    if (atlas.index !== row >> 12) {
      const image = sharp(join(folder, `fer2013-${String(row >> 12).padStart(2, '0')}.png`)).greyscale();
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      atlas = { index: row >> 12, width: info.width, data: new Uint8Array(data) };
    }
    const tile = row & 4095;
    for (let y = 0; y < 48; y++) {
      const from = ((tile >> 6) * 48 + y) * atlas.width + (tile & 63) * 48;
      pixels.set(atlas.data.subarray(from, from + 48), (i * 48 + y) * 48);
    }
  }
  return createDataset({
    ...{ width: 48, height: 48, labels: expressionLabels, splitNames, pixels },
    classes: Uint8Array.from(rows, ([, emotion]) => Number(emotion)),
    splits: Uint8Array.from(rows, ([, , usage]) => splitNames.indexOf(usage!)),
    rows: Int32Array.from(rows, ([row]) => Number(row)),
    source: { kind: 'fer2013-csv', name: 'fer2013', brokenRows: 0 },
  });
}
