// The expression model on a tiny real .onnx, and on files that are not one.
import { describe, expect, it } from 'vitest';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ModelFormatError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { ExpressionModel } from './expression-model.js';

const flat = (value: number, width = 4, height = 4): GreyPicture => ({
  width,
  height,
  channels: 1,
  data: new Uint8Array(width * height).fill(value),
});

describe('ExpressionModel', () => {
  it('predicts each face in order, whatever its size', async () => {
    const model = await ExpressionModel.open(tinyExpressionModel(), openSession);
    const faces = [3, 0, 6, 5].map((label, i) => flat(tinyBrightness(label), 4 + 3 * i, 4 + i));
    const predictions = await model.predict(faces);
    expect(predictions.map(({ label }) => label)).toEqual([3, 0, 6, 5]);
    for (const { probabilities, embedding } of predictions) {
      expect(probabilities).toHaveLength(7);
      expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
      expect(embedding).toHaveLength(1);
    }
    expect(predictions[3]!.embedding[0]).toBeCloseTo(tinyBrightness(5) / 255, 4);
    await model.release();
  });

  it('gives the same for one call with many faces as for many calls', async () => {
    const model = await ExpressionModel.open(tinyExpressionModel(), openSession);
    const faces = Array.from({ length: 600 }, (_, i) => flat(i % 256));
    const together = await model.predict(faces);
    expect(together).toHaveLength(600);
    for (const i of [0, 255, 256, 599]) {
      const [alone] = await model.predict([faces[i]!]);
      expect(together[i]!.label).toBe(alone!.label);
      expect(together[i]!.probabilities[alone!.label]).toBeCloseTo(alone!.probabilities[alone!.label]!, 6);
    }
    expect(await model.predict([])).toEqual([]);
    await model.release();
  });

  it('opens bytes that are part of a larger Node Buffer', async () => {
    const bytes = tinyExpressionModel();
    const pool = Buffer.alloc(bytes.length + 8, 255);
    pool.set(bytes, 3);
    const model = await ExpressionModel.open(pool.subarray(3, 3 + bytes.length), openSession);
    expect((await model.predict([flat(255)]))[0]!.label).toBe(6);
    await model.release();
  });

  it('tells what the model is', async () => {
    const model = await ExpressionModel.open(tinyExpressionModel({ labels: ['no', 'yes'] }), openSession);
    expect(model.metadata.labels).toEqual(['no', 'yes']);
    expect(model.metadata.input).toEqual({ width: 4, height: 4 });
    await model.release();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['garbage', new Uint8Array(1000).map((_, i) => (i * 7919) % 256), /not an ONNX model/],
    ['no bytes', new Uint8Array(0), /ONNX/],
    ['cut short', tinyExpressionModel().slice(0, 300), /ONNX/],
    ['no metadata of ours', tinyExpressionModel({ metadataText: null }), /metadata 'moodlens'.*has none/],
    ['metadata that is not JSON', tinyExpressionModel({ metadataText: '{' }), /must be JSON/],
    ['metadata with parts missing', tinyExpressionModel({ metadataText: '{"format":1}' }), /labels/],
    [
      'metadata of another size',
      tinyExpressionModel({ metadata: { input: { height: 5, width: 4 } } }),
      /\[batch, 1, 5, 4\]/,
    ],
    [
      'an input larger than any picture',
      tinyExpressionModel({ metadata: { input: { height: 4, width: 1e12 } } }),
      /at input.width/,
    ],
    ['metadata with other classes', tinyExpressionModel({ metadata: { labels: ['a', 'b'] } }), /'probabilities'/],
    ['metadata with another embedding', tinyExpressionModel({ metadata: { embedding: 9 } }), /'embedding'/],
  ])('refuses %s', async (_, bytes, message) => {
    const opening = ExpressionModel.open(bytes, openSession);
    await expect(opening).rejects.toThrow(ModelFormatError);
    await expect(opening).rejects.toThrow(message);
  });
});
