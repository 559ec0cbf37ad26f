// Fitting a temperature: less log loss, the same decisions, and only on rows that are there for it.
import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { openSession } from '../../adapters/node/session.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import type { ModelMetadata } from '../../core/model/model-metadata.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { evaluate } from '../evaluate/evaluate.js';
import { samplesOfSplit } from '../evaluate/evaluated-samples.js';
import { calibrate } from './calibrate.js';
import { parseCalibrateConfig } from './config.js';

// Seven in ten right, by a model that is sure of everything.
const dataset = smallDataset(
  Array.from({ length: 140 }, (_, i) => {
    const label = i % 7;
    const seen = Math.floor(i / 7) % 10 < 3 ? (label + 1) % 7 : label;
    return { label, split: i < 70 ? 0 : 1, pixels: tinyBrightness(seen) };
  }),
);
const sure = (metadata: Partial<ModelMetadata> = {}) => tinyExpressionModel({ sharpness: 500, metadata });
const fitOn = (file: Uint8Array, split: string, data: PackedDataset = dataset) =>
  calibrate({
    file,
    dataset: data,
    samples: samplesOfSplit(data, split),
    config: { batch: 32, threads: 1 },
    openSession,
  });

describe('calibrate', () => {
  it('lowers log loss and calibration error, changes no decision, and the file itself has it', async () => {
    const { model, figures } = await fitOn(sure(), 'PublicTest');
    expect(figures).toMatchObject({ split: 'PublicTest', n: 70, before: 1, dataset: dataset.hash, accuracy: 0.7 });
    expect(figures.value).toBeGreaterThan(2);
    expect(figures.nll.after).toBeLessThan(figures.nll.before / 2);
    expect(figures.ece.after).toBeLessThan(figures.ece.before / 2);
    const { before: _, accuracy: __, ...stored } = figures;
    expect(readExpressionModel(model).metadata.temperature).toEqual(stored);
    const session = await ExpressionModel.open(model, openSession);
    const measured = await evaluate(dataset, session, samplesOfSplit(dataset, 'PublicTest'), { batch: 7 });
    await session.release();
    expect(measured.nll).toBeCloseTo(figures.nll.after, 5);
    expect(measured.accuracy).toBe(figures.accuracy);
    expect(measured.model.temperature).toBe(figures.value);
  });

  it('finds nothing more to gain the second time', async () => {
    const once = await fitOn(sure(), 'PublicTest');
    const twice = await fitOn(once.model, 'PublicTest');
    expect(twice.figures.value / once.figures.value).toBeCloseTo(1, 3);
    expect(twice.figures.before).toBe(once.figures.value);
    expect(twice.figures.nll.after).toBeLessThanOrEqual(twice.figures.nll.before);
  });

  it('refuses the rows that the model was trained on, and test rows', async () => {
    const file = sure({ split: 'trained on Training, validated on PublicTest' });
    await expect(fitOn(file, 'Training')).rejects.toThrow(/not trained on, and it was trained on Training/);
    expect((await fitOn(file, 'PublicTest')).figures.n).toBe(70);
    const withTest = smallDataset([{ label: 1, split: 2, pixels: 3 }]);
    await expect(fitOn(file, 'PrivateTest', withTest)).rejects.toThrow(ConfigError);
  });
});

describe('parseCalibrateConfig', () => {
  it('takes PublicTest unless a split or a run is named', () => {
    expect(parseCalibrateConfig({}).split).toBe('PublicTest');
    expect(parseCalibrateConfig({ split: 'validation' }).split).toBe('validation');
    expect(parseCalibrateConfig({ run: 'runs/a' }).split).toBeUndefined();
    expect(() => parseCalibrateConfig({ run: 'a', split: 'b' })).toThrow(ConfigError);
    expect(() => parseCalibrateConfig({ batch: 0 })).toThrow(ConfigError);
  });
});
