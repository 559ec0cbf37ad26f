// The expression models that come with the package, on all of PublicTest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { openSession } from '../../src/adapters/node/session.js';
import { shippedModel, shippedModelPath } from '../../src/adapters/node/shipped-models.js';
import { expressionLabels } from '../../src/core/dataset/labels.js';
import { createDataset } from '../../src/core/dataset/packed-dataset.js';
import { ExpressionModel } from '../../src/core/model/expression-model.js';
import { evaluate } from '../../src/pipeline/evaluate/evaluate.js';
import { samplesOfSplit } from '../../src/pipeline/evaluate/evaluated-samples.js';
import { describeWith, requireShared } from '../requirements.js';

const card = readFileSync(shippedModelPath('expression.onnx').replace('.onnx', '.md'), 'utf8');
const forms = [{ file: 'expression.onnx' }, { file: 'expression.int8.onnx' }] as const;

const shared = requireShared('fer2013');
describeWith(shared, 'the shipped expression model on PublicTest', () => {
  test.each(forms)('is as accurate as its card says, and at least 69 %: $file', async ({ file }) => {
    const model = await ExpressionModel.open(await shippedModel(file), openSession);
    const dataset = await publicTest(shared.path);
    const { accuracy, n } = await evaluate(dataset, model, samplesOfSplit(dataset, 'PublicTest'), { batch: 64 });
    expect(n).toBe(3589);
    expect(accuracy).toBeGreaterThanOrEqual(0.69);
    expect(card).toContain(`${(100 * accuracy).toFixed(2)} %`);
    await model.release();
  });
});

/** The PublicTest rows out of the picture atlases: 64 tiles of 48 x 48 a line, 4096 rows an atlas. */
async function publicTest(folder: string) {
  const rows = readFileSync(join(folder, 'labels.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .filter(([, , usage]) => usage === 'PublicTest')
    .map(([row, emotion]) => ({ row: Number(row), emotion: Number(emotion) }));
  const pixels = new Uint8Array(rows.length * 48 * 48);
  let atlas = { index: -1, width: 0, data: new Uint8Array() };
  for (const [i, { row }] of rows.entries()) {
    const index = row >> 12;
    if (atlas.index !== index) {
      const image = sharp(join(folder, `fer2013-${String(index).padStart(2, '0')}.png`)).greyscale();
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      atlas = { index, width: info.width, data: new Uint8Array(data) };
    }
    const tile = row & 4095;
    for (let y = 0; y < 48; y++) {
      const from = ((tile >> 6) * 48 + y) * atlas.width + (tile & 63) * 48;
      pixels.set(atlas.data.subarray(from, from + 48), (i * 48 + y) * 48);
    }
  }
  return createDataset({
    width: 48,
    height: 48,
    labels: expressionLabels,
    splitNames: ['PublicTest'],
    pixels,
    classes: Uint8Array.from(rows, ({ emotion }) => emotion),
    splits: new Uint8Array(rows.length),
    rows: Int32Array.from(rows, ({ row }) => row),
    source: { kind: 'test', name: 'PublicTest', brokenRows: 0 },
  });
}
