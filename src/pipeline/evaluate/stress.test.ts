// The stress test on a tiny model that sees only brightness: what each distortion must and must not change.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { recompressJpeg } from '../../adapters/node/image-codec.js';
import { openSession } from '../../adapters/node/session.js';
import { expressionLabels } from '../../core/dataset/labels.js';
import { createDataset, samplePicture, selectSamples } from '../../core/dataset/packed-dataset.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import type { GreyPicture } from '../../core/image/picture.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { createRandom } from '../../core/numbers/random.js';
import { parseEvaluateConfig } from './config.js';
import { describeStress } from './report/describe-stress.js';
import { evaluateStress } from './stress.js';
import { stressPictures } from './stress-pictures.js';
import { stresses } from './stresses.js';

let model: ExpressionModel;
beforeAll(async () => {
  model = await ExpressionModel.open(tinyExpressionModel(), openSession);
});
afterAll(() => model.release());

const named = (name: string) => stresses.find((stress) => stress.name === name)!;
const values = (pictures: readonly GreyPicture[]) => pictures.map(({ data }) => [...data]);

/** Pictures of random pixels, `side` x `side`. */
function noisyDataset(count: number, side: number) {
  const random = createRandom(5);
  return createDataset({
    width: side,
    height: side,
    labels: expressionLabels,
    splitNames: ['Training'],
    pixels: Uint8Array.from({ length: count * side * side }, () => random.integer(256)),
    classes: Uint8Array.from({ length: count }, (_, i) => i % 7),
    splits: new Uint8Array(count),
    rows: Int32Array.from({ length: count }, (_, i) => 10 * i),
    source: { kind: 'test', name: 'noisy', brokenRows: 0 },
  });
}

describe('stresses', () => {
  it('are told apart by name and stream, and grow from weak to strong', async () => {
    expect(new Set(stresses.map(({ name }) => name)).size).toBe(stresses.length);
    expect(new Set(stresses.map(({ stream }) => stream)).size).toBe(stresses.length);
    // Smooth pictures, as faces are: a wave of another length in each.
    const noisy = noisyDataset(6, 48);
    const dataset = { ...noisy, pixels: noisy.pixels.map((_, i) => 128 + 70 * Math.sin(i / (3 + (i >> 13)))) };
    const indices = Int32Array.from([0, 1, 2, 3, 4, 5]);
    const originals = Array.from(indices, (i) => samplePicture(dataset, i).data);
    for (const stress of stresses) {
      const distances: number[] = [];
      for (const strength of stress.strengths) {
        const pictures = await stressPictures(dataset, indices, { stress, strength }, recompressJpeg);
        let distance = 0;
        pictures.forEach(({ data }, k) => {
          data.forEach((value, i) => {
            distance += Math.abs(value - originals[k]![i]!);
          });
        });
        distances.push(distance);
      }
      expect(distances[0], stress.name).toBeGreaterThan(0);
      if (!['shift and zoom', 'turn'].includes(stress.name)) {
        expect(distances, stress.name).toEqual([...distances].sort((a, b) => a - b));
      }
    }
  });
});

describe('stressPictures', () => {
  it.each(stresses.map((stress) => [stress.name, stress] as const))(
    'gives a sample the same picture whichever others are distorted: %s',
    async (_, stress) => {
      const dataset = noisyDataset(9, 48);
      const test = { stress, strength: stress.strengths[2] };
      const all = values(
        await stressPictures(
          dataset,
          Int32Array.from({ length: 9 }, (_, i) => i),
          test,
          recompressJpeg,
        ),
      );
      const some = values(await stressPictures(dataset, Int32Array.from([7, 2]), test, recompressJpeg));
      expect(some).toEqual([all[7], all[2]]);
      // By its row in the source, so also in a dataset of fewer samples.
      const fewer = selectSamples(dataset, [4, 8]);
      expect(values(await stressPictures(fewer, Int32Array.from([1]), test, recompressJpeg))).toEqual([all[8]]);
    },
  );

  it.each([8, 13, 48])('compresses many pictures as each one alone, also of %i pixels', async (side) => {
    const dataset = noisyDataset(5, side);
    const indices = Int32Array.from([0, 1, 2, 3, 4]);
    const strength = 30;
    const together = await stressPictures(dataset, indices, { stress: named('JPEG'), strength }, recompressJpeg);
    for (const i of indices) {
      const alone = await recompressJpeg(samplePicture(dataset, i), strength);
      expect([...together[i]!.data]).toEqual([...alone.data]);
    }
  });
});

describe('evaluateStress', () => {
  const options = { batch: 64, recompress: recompressJpeg };
  const even = (label: number, seen = label) => ({ label, pixels: tinyBrightness(seen) });

  it('measures what a distortion changes for this model, and nothing else', async () => {
    // Even pictures of the seven brightnesses; the last class is seen as another.
    const dataset = smallDataset([0, 1, 2, 3, 4, 5].map((label) => even(label)).concat(even(6, 2)));
    const indices = Int32Array.from([0, 1, 2, 3, 4, 5, 6]);
    const result = await evaluateStress(dataset, model, indices, options);
    expect(result.clean).toMatchObject({ accuracy: 6 / 7, n: 7 });
    const of = (name: string) => result.stresses.find((stress) => stress.name === name)!;
    // Even pictures stay as they are however they are moved, blurred or shrunk.
    for (const name of ['shift and zoom', 'turn', 'blur', 'low resolution']) {
      expect(of(name)).toMatchObject({ mean: 6 / 7, change: 0 });
    }
    // Black and white stay, the middle does not.
    expect(of('gamma').strengths[2]!.accuracy).toBeLessThan(6 / 7);
    for (const { strengths, mean, change } of result.stresses) {
      expect(strengths.map(({ n }) => n)).toEqual([7, 7, 7]);
      expect(mean).toBeCloseTo(strengths.reduce((sum, { accuracy }) => sum + accuracy, 0) / 3, 12);
      expect(change).toBeCloseTo(mean - 6 / 7, 12);
    }
    const means = result.stresses.map(({ mean }) => mean);
    expect(result.stressedMean).toBeCloseTo(means.reduce((a, b) => a + b) / means.length, 12);
    expect(result.cleanAndStressedMean).toBeCloseTo((6 / 7 + result.stressedMean) / 2, 12);
    const [low, high] = result.cleanAndStressedInterval;
    expect(low).toBeLessThan(result.cleanAndStressedMean);
    expect(high).toBeGreaterThan(result.cleanAndStressedMean);
    expect(await evaluateStress(dataset, model, indices, { ...options, batch: 2 })).toEqual(result);
  });

  it('looks at a stratified subset, clean too, and counts its progress over all passes', async () => {
    const dataset = smallDataset(Array.from({ length: 40 }, (_, i) => even(i % 2 === 0 ? 3 : 6, 3)));
    const indices = Int32Array.from({ length: 40 }, (_, i) => i);
    const seen: number[] = [];
    let total = 0;
    const progress = {
      update: (done: number, of: number) => {
        seen.push(done);
        total = of;
      },
      note: () => {},
      finish: () => {},
    };
    const result = await evaluateStress(dataset, model, indices, { ...options, samples: 10, progress });
    expect(result.clean).toMatchObject({ accuracy: 0.5, n: 10 });
    expect(result.n).toBe(10);
    expect(total).toBe(10 * (1 + 3 * stresses.length));
    expect(seen.at(-1)).toBe(total);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('refuses classes that the model does not know', async () => {
    const { labels, ...parts } = smallDataset([even(3)]);
    const other = createDataset({ ...parts, labels: labels.map((label) => (label === 'happy' ? 'contempt' : label)) });
    await expect(evaluateStress(other, model, Int32Array.from([0]), options)).rejects.toThrow(DatasetError);
  });

  it('is told as a table with n and intervals', async () => {
    const dataset = smallDataset([even(0), even(6)]);
    const text = describeStress(await evaluateStress(dataset, model, Int32Array.from([0, 1]), options));
    expect(text).toMatch(/^stress test: .*n = 2\n/);
    for (const { name } of stresses) expect(text).toContain(`\n${name}, `);
    expect(text).toMatch(
      /\nturn, degrees: 5, 10, 15 +100\.0 +\+0\.0 +100\.0 +\+0\.0 +100\.0 +\+0\.0 +100\.0 +\+0\.0\n/,
    );
    expect(text).toMatch(/\nclean +100\.0 % \(95 % interval 34\.2-100\.0 %\)\n/);
    expect(text).toMatch(/\nclean and stressed +\d+\.\d % \(95 % interval .*\)\n$/);
  });
});

describe('parseEvaluateConfig', () => {
  it('wants a split or a run, not both, and a subset only of the stress test', () => {
    expect(() => parseEvaluateConfig({})).toThrow(/--split or a --run/);
    expect(() => parseEvaluateConfig({ split: 'Training', run: 'runs/a' })).toThrow(ConfigError);
    expect(() => parseEvaluateConfig({ split: 'Training', stressSamples: 5 })).toThrow(/add --stress/);
    for (const stressSamples of [0, 1.5, Number.NaN]) {
      expect(() => parseEvaluateConfig({ run: 'a', stress: true, stressSamples })).toThrow(ConfigError);
    }
    expect(parseEvaluateConfig({ run: 'runs/a', stress: true, stressSamples: 5 })).toMatchObject({ stressSamples: 5 });
  });
});
