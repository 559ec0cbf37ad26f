import { describe, expect, it } from 'vitest';
import { openSession } from '../../../adapters/node/session.js';
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import type { OpenSession, Tensor } from '../../ports/session.js';
import type { EmbeddingMetadata } from './embedding-metadata.js';
import { FaceEmbedding } from './face-embedding.js';

const metadata: EmbeddingMetadata = {
  format: 1,
  kind: 'face-embedding',
  name: 'means',
  input: { name: 'pixels', width: 4, height: 2, channels: 'rgb' },
  output: { name: 'features', length: 3 },
  places: { rightEye: [1, 0.5], leftEye: [3, 0.5], nose: [2, 1], mouth: [2, 1.5] },
  source: 'this test',
  licence: 'MIT',
};

/** A model whose embedding is the mean of each plane. */
function meansModel(described: unknown = metadata, type: 'uint8' | 'float32' = 'uint8'): Uint8Array {
  const graph = new GraphBuilder('means');
  const pixels = graph.input('pixels', type, ['batch', 3, 2, 4]);
  const pooled = graph.node('GlobalAveragePool', [graph.node('Cast', [pixels], { to: { int: 1 } })]);
  graph.output(graph.rename(graph.node('Flatten', [pooled]), 'features'), 'float32', ['batch', 3]);
  return graph.build(described === null ? {} : { moodlens: JSON.stringify(described) });
}

function flat(values: readonly number[], width = 4, height = 2): Picture {
  const data = Uint8Array.from({ length: width * height * values.length }, (_, i) => values[i % values.length]!);
  return { width, height, channels: values.length, data } as Picture;
}

/** A runtime whose answer is given. */
const answering =
  (answer: Record<string, Tensor>): OpenSession =>
  async () => ({ inputNames: ['pixels'], outputNames: ['features'], run: async () => answer, release: async () => {} });

describe('FaceEmbedding', () => {
  it('gives vectors of unit length, in the order of the chips, for batches of any size', async () => {
    const embedding = await FaceEmbedding.open(meansModel(), openSession);
    expect(await embedding.embed([])).toEqual([]);
    const chips = Array.from({ length: 70 }, (_, i) => flat([i + 1, 0, 70 - i]));
    const embeddings = await embedding.embed(chips);
    await embedding.release();
    expect(embeddings).toHaveLength(70);
    embeddings.forEach((values, i) => {
      const length = Math.hypot(i + 1, 70 - i);
      expect(values[0]).toBeCloseTo((i + 1) / length, 5);
      expect(values[2]).toBeCloseTo((70 - i) / length, 5);
    });
  });

  it('takes grey and RGBA chips', async () => {
    const embedding = await FaceEmbedding.open(meansModel(), openSession);
    const [grey, alpha] = await embedding.embed([flat([9]), flat([30, 0, 40, 255])]);
    await embedding.release();
    for (const value of grey!) expect(value).toBeCloseTo(1 / Math.sqrt(3), 5);
    expect(Array.from(alpha!, (value) => Math.round(value * 10))).toEqual([6, 0, 8]);
  });

  it('feeds another model its own order of channels, mean and scale', async () => {
    const input = {
      ...metadata.input,
      channels: 'bgr',
      normalise: { mean: [10, 20, 30], scale: 0.5 },
    } as const;
    const embedding = await FaceEmbedding.open(meansModel({ ...metadata, input }, 'float32'), openSession);
    const [values] = await embedding.embed([flat([36, 20, 18])]);
    await embedding.release();
    // Blue 18 - 10, green 20 - 20, red 36 - 30.
    expect(Array.from(values!, (value) => Math.round(value * 10))).toEqual([8, 0, 6]);
  });

  it('says how its chips are cut', async () => {
    const embedding = await FaceEmbedding.open(meansModel(), openSession);
    expect(embedding.chipForm).toEqual({ width: 4, height: 2, places: metadata.places });
    await embedding.release();
  });

  it('refuses chips of another size', async () => {
    const embedding = await FaceEmbedding.open(meansModel(), openSession);
    await expect(embedding.embed([flat([1, 2, 3]), flat([1, 2, 3], 2, 4)])).rejects.toThrow(
      'chips must have 4 x 2 pixels, found 2 x 4',
    );
    await embedding.release();
  });

  it.each([
    ['no metadata', null],
    ['metadata of another kind', { ...metadata, kind: 'face-detector' }],
    ['a huge chip', { ...metadata, input: { ...metadata.input, width: 1e9 } }],
    ['a length of 0', { ...metadata, output: { name: 'features', length: 0 } }],
    ['a scale of 0', { ...metadata, input: { ...metadata.input, normalise: { mean: [0, 0, 0], scale: 0 } } }],
    ['an output that it has not', { ...metadata, output: { name: 'other', length: 3 } }],
  ])('refuses a model with %s', async (_, described) => {
    await expect(FaceEmbedding.open(meansModel(described), openSession)).rejects.toThrow(ModelFormatError);
  });

  it.each([
    ['values that are not numbers', [1, Number.NaN, 3], /not finite numbers/],
    ['another length', [1, 2], /must give 1 x 3 numbers as 'features' and gave 2/],
    ['zeros', [0, 0, 0], /gave zeros only/],
  ])('names a model that gives %s', async (_, values, message) => {
    const answer = { features: { dims: [1, values.length], data: Float32Array.from(values) } };
    const embedding = await FaceEmbedding.open(meansModel(), answering(answer));
    const embed = embedding.embed([flat([1, 2, 3])]);
    await expect(embed).rejects.toThrow(ModelFormatError);
    await expect(embed).rejects.toThrow(message);
  });

  it('names a model whose input does not fit its metadata', async () => {
    const input = { ...metadata.input, width: 8 };
    const embedding = await FaceEmbedding.open(meansModel({ ...metadata, input }), openSession);
    await expect(embedding.embed([flat([1, 2, 3], 8, 2)])).rejects.toThrow(/must run on 1 x 3 x 2 x 8 pixels/);
    await embedding.release();
  });
});
