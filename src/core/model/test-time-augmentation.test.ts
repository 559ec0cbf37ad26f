// Test-time augmentation beside the same crops cut out by hand and given to the network itself.
import { describe, expect, it } from 'vitest';
import { tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ConfigError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { createRandom } from '../numbers/random.js';
import { buildEnsemble } from './ensemble-model.js';
import { ExpressionModel } from './expression-model.js';
import { readExpressionModel } from './read-expression-model.js';
import { buildTeacherGraph } from './teacher-graph.js';
import { predictAugmented } from './test-time-augmentation.js';

const random = createRandom(5);
const faces = Array.from({ length: 3 }, (): GreyPicture => {
  const data = Uint8Array.from({ length: 48 * 48 }, (_, i) => 4 * (i % 48) + random.integer(60));
  return { width: 48, height: 48, channels: 1, data };
});
const file = untrainedModel('residual', 1);

/** The mean over crops of 44 x 44 pixels with the given upper left corners, as they are or mirrored. */
async function byHand(crops: readonly { left: number; top: number; isMirrored: boolean }[]): Promise<number[][]> {
  const session = await openSession(buildTeacherGraph(readExpressionModel(file), crops.length, 44));
  const means: number[][] = [];
  for (const { data } of faces) {
    const pixels = new Float32Array(crops.length * 44 * 44);
    crops.forEach(({ left, top, isMirrored }, i) => {
      for (let y = 0; y < 44; y++) {
        for (let x = 0; x < 44; x++) {
          pixels[(i * 44 + y) * 44 + x] = data[(top + y) * 48 + left + (isMirrored ? 43 - x : x)]!;
        }
      }
    });
    const { probabilities } = await session.run({ pixels: { dims: [crops.length, 1, 44, 44], data: pixels } });
    const values = probabilities!.data as Float32Array;
    means.push([0, 1, 2].map((c) => crops.reduce((sum, _, i) => sum + values[i * 3 + c]!, 0) / crops.length));
  }
  await session.release();
  return means;
}

describe('predictAugmented', () => {
  const both = (left: number, top: number) => [false, true].map((isMirrored) => ({ left, top, isMirrored }));

  it.each([
    ['none', [{ left: 2, top: 2, isMirrored: false }]],
    ['flip', both(2, 2)],
    ['ten-crop', [...both(2, 2), ...both(0, 0), ...both(4, 0), ...both(0, 4), ...both(4, 4)]],
  ] as const)('%s is the mean over the views that it names', async (augmentation, crops) => {
    const model = await ExpressionModel.open(file, openSession);
    const expected = await byHand(crops);
    const found = await predictAugmented(model, faces, augmentation);
    found.forEach((probabilities, i) => {
      probabilities.forEach((p, c) => {
        expect(Math.abs(p - expected[i]![c]!)).toBeLessThan(1e-6);
      });
    });
    expect(await predictAugmented(model, [], augmentation)).toEqual([]);
    await model.release();
  });

  it('takes pictures of other sizes', async () => {
    const model = await ExpressionModel.open(file, openSession);
    const large: GreyPicture = { width: 60, height: 70, channels: 1, data: new Uint8Array(4200).map((_, i) => i % 60) };
    for (const kind of ['flip', 'ten-crop'] as const) {
      const [probabilities] = await predictAugmented(model, [large], kind);
      expect(probabilities!.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
    }
    await model.release();
  });

  it('makes no ten crops where the network sees the whole picture, or networks see different parts', async () => {
    const member = (bytes: Uint8Array) => ({ name: 'member', ...readExpressionModel(bytes) });
    const mixed = buildEnsemble([member(file), member(untrainedModel('original', 2))], 'mixed');
    for (const [bytes, message] of [
      [tinyExpressionModel(), /are the whole picture; use flip/],
      [mixed, /are of different sizes; use flip/],
    ] as const) {
      const model = await ExpressionModel.open(bytes, openSession);
      await expect(predictAugmented(model, faces, 'ten-crop')).rejects.toThrow(ConfigError);
      await expect(predictAugmented(model, faces, 'ten-crop')).rejects.toThrow(message);
      expect(await predictAugmented(model, faces, 'flip')).toHaveLength(3);
      await model.release();
    }
  });
});
