// The converted detectors beside TensorFlow Lite's own interpreter (answers stored by fixtures/make-tflite.py).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { itWith, requirePython } from '../../../tests/requirements.js';
import { openSession } from '../../adapters/node/session.js';
import { convertDetector, detectorModels } from '../detect/mediapipe/detector-models.js';
import { ModelFormatError } from '../errors.js';
import { fromTflite } from './from-tflite.js';
import { readModel } from './read-model.js';

interface Expected {
  readonly anchors: number;
  /** Every how many anchors the fixture keeps a row of `boxes`. */
  readonly every: number;
  readonly boxes: readonly number[];
  readonly scores: readonly number[];
}

const packageFolder = fileURLToPath(new URL('../../../node_modules/@mediapipe/face_detection', import.meta.url));
const fixture = JSON.parse(readFileSync(new URL('./fixtures/tflite-outputs.json', import.meta.url), 'utf8')) as Record<
  'full' | 'short',
  Expected
>;
const python = requirePython('onnx');

function tflite(name: string): Uint8Array {
  return readFileSync(join(packageFolder, name));
}

/** The same numbers as in make-tflite.py, as NCHW: a linear congruential generator, then blocks of 8 pixels. */
function noise(size: number): Float32Array {
  const blocks = size / 8;
  const small = new Float32Array(blocks * blocks * 3);
  let state = 1;
  for (let i = 0; i < small.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    small[i] = (state >>> 8) / 2 ** 23 - 1;
  }
  return Float32Array.from({ length: 3 * size * size }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (size * size)), Math.floor(i / size) % size, i % size];
    return small[((y >> 3) * blocks + (x >> 3)) * 3 + c]!;
  });
}

function largestError(actual: ArrayLike<number>, expected: readonly number[]): number {
  // Relative to the size of the values: some logits of the short range network reach -10,000.
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(actual[i]! - value) / (1 + Math.abs(value))), 0);
}

describe.each(detectorModels)('the $range range detector', (model) => {
  const onnx = convertDetector(model, tflite(model.tflite), 'test');
  const size = model.range === 'full' ? 192 : 128;

  it("answers like TensorFlow Lite's interpreter", async () => {
    const expected = fixture[model.range];
    const session = await openSession(onnx);
    const { boxes, scores } = await session.run({ image: { dims: [1, 3, size, size], data: noise(size) } });
    await session.release();
    expect(boxes!.dims).toEqual([1, expected.anchors, 16]);
    expect(scores!.dims).toEqual([1, expected.anchors, 1]);
    expect(largestError(scores!.data as Float32Array, expected.scores)).toBeLessThan(2e-5);
    const kept = (boxes!.data as Float32Array).filter((_, i) => Math.floor(i / 16) % expected.every === 0);
    expect(largestError(kept, expected.boxes)).toBeLessThan(2e-5);
  });

  it('says where it comes from', () => {
    const { metadata, inputs, outputs } = readModel(onnx);
    expect(metadata.get('source')).toBe(`@mediapipe/face_detection@test ${model.tflite}`);
    expect(metadata.get('licence')).toBe('Apache-2.0');
    expect([...inputs, ...outputs].map(({ name }) => name)).toEqual(['image', 'boxes', 'scores']);
  });

  it('transposes nothing but the four small outputs', () => {
    const { nodes } = readModel(onnx);
    expect(nodes.filter(({ operator }) => operator === 'Transpose').length).toBe(model.range === 'full' ? 2 : 4);
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

describe('fromTflite', () => {
  it('names an operator that it cannot convert', () => {
    expect(() => fromTflite(tflite('face_detection_full_range_sparse.tflite'), { name: 'sparse' })).toThrow(
      /operator number 124 .* supported are ADD/,
    );
  });

  it('refuses what is not a .tflite file', () => {
    for (const bytes of [new Uint8Array(), new Uint8Array(100), new TextEncoder().encode('....TFL3'.repeat(20))]) {
      expect(() => fromTflite(bytes, { name: 'x' })).toThrow(ModelFormatError);
    }
  });

  it('asks for as many outputs as it is given names', () => {
    const bytes = tflite('face_detection_short_range.tflite');
    expect(() => fromTflite(bytes, { name: 'x', outputs: ['one'] })).toThrow('must have 1 outputs, found 2');
  });
});
