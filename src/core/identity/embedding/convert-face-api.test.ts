// The converted network beside face-api itself (answers stored by fixtures/make-embeddings.mjs).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itWith, repositoryRoot, requirePython } from '../../../../tests/requirements.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { openSession } from '../../../adapters/node/session.js';
import { ModelFormatError } from '../../errors.js';
import { crop } from '../../image/crop.js';
import type { Picture } from '../../image/picture.js';
import { resize } from '../../image/resize.js';
import { readModel } from '../../onnx/read-model.js';
import { readTfjsWeights } from '../../onnx/read-tfjs-weights.js';
import { buildFaceEmbedding } from './build-face-embedding.js';
import { convertFaceApi, faceApiFiles, faceApiPackage } from './convert-face-api.js';
import { embeddingMetadataOf } from './embedding-metadata.js';
import { FaceEmbedding } from './face-embedding.js';

interface Expected {
  readonly file: string;
  readonly box: readonly [x: number, y: number, side: number];
  readonly embedding: readonly number[];
}

const packageFolder = join(repositoryRoot, 'node_modules', faceApiPackage);
const { faces } = JSON.parse(readFileSync(new URL('./fixtures/embeddings.json', import.meta.url), 'utf8')) as {
  readonly faces: readonly Expected[];
};
const manifest = readFileSync(join(packageFolder, faceApiFiles.manifest), 'utf8');
const shard = readFileSync(join(packageFolder, faceApiFiles.shard));
const python = requirePython('onnx');

async function chipOf({ file, box: [x, y, side] }: Expected): Promise<Picture> {
  const photograph = await decodePicture(readFileSync(join(packageFolder, 'demo', file)));
  return resize(crop(photograph, [x, y, side, side]), 150, 150);
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

describe('the converted face embedding', () => {
  const onnx = convertFaceApi(manifest, shard, 'test');
  let embedding: FaceEmbedding;

  beforeAll(async () => {
    embedding = await FaceEmbedding.open(onnx, openSession);
  });

  afterAll(() => embedding?.release());

  it('answers like face-api on the same chips, alone and in a batch', async () => {
    const chips = await Promise.all(faces.map(chipOf));
    const together = await embedding.embed(chips);
    const [alone] = await embedding.embed(chips.slice(1, 2));
    expect(together).toHaveLength(3);
    faces.forEach((face, i) => {
      expect(cosine(together[i]!, face.embedding)).toBeGreaterThan(0.9999);
    });
    expect(cosine(alone!, faces[1]!.embedding)).toBeGreaterThan(0.9999);
    // Three persons: the vectors tell them apart.
    expect(cosine(together[0]!, together[1]!)).toBeLessThan(0.95);
  });

  it('keeps 8-bit weights and stays small', () => {
    expect(onnx.length).toBeLessThan(7e6);
    const quantised = readModel(onnx).initializers.filter(({ type }) => type === 'uint8');
    expect(quantised.length).toBe(22);
  });

  it('says where it comes from and what it takes', () => {
    const model = readModel(onnx);
    expect(model.metadata.get('source')).toContain('@vladmandic/face-api@test');
    expect(model.metadata.get('licence')).toContain('CC0');
    const { input, output } = embeddingMetadataOf(model);
    expect(input).toEqual({ name: 'image', width: 150, height: 150, channels: 'rgb' });
    expect(output).toEqual({ name: 'embedding', length: 128 });
  });

  it('refuses a damaged shard, whatever part is damaged', () => {
    const damaged = Uint8Array.from(shard);
    damaged[4_000_000] = damaged[4_000_000]! ^ 1;
    for (const bytes of [damaged, shard.subarray(0, 6_000_000), new Uint8Array()]) {
      expect(() => convertFaceApi(manifest, bytes, 'test')).toThrow(ModelFormatError);
    }
    expect(() => convertFaceApi(manifest, damaged, 'test')).toThrow(/must have the SHA-256 b413/);
  });

  it('names a weight that is missing or has another shape', () => {
    const weights = new Map(readTfjsWeights(manifest, new Map([['face_recognition_model.bin', shard]])));
    const metadata = embeddingMetadataOf(readModel(onnx));
    weights.set('fc', { ...weights.get('fc')!, shape: [128, 256] });
    expect(() => buildFaceEmbedding(weights, metadata)).toThrow(
      /must hold fc \[256, 128\], and they hold \[128, 256\]/,
    );
    weights.delete('conv64_1/conv2/conv/bias');
    expect(() => buildFaceEmbedding(weights, metadata)).toThrow(
      /conv64_1\/conv2\/conv\/bias \[64\], and they hold none/,
    );
  });

  itWith(python, "passes Python's onnx.checker", () => {
    const folder = mkdtempSync(join(tmpdir(), 'moodlens-onnx-'));
    try {
      const file = join(folder, 'model.onnx');
      writeFileSync(file, onnx);
      const script = 'import sys, onnx; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True); print("ok")';
      const result = spawnSync(python.path, ['-c', script, file], { encoding: 'utf8' });
      expect(result.stderr).toBe('');
      expect(result.stdout.trim()).toBe('ok');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
