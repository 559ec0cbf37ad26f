// What each architecture costs, that its costs keep their limits, and that it learns, at other sides too.
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../adapters/node/session.js';
import { createRandom } from '../../numbers/random.js';
import { LocalEngine } from '../../training/engine.js';
import { elements } from '../layers/layer.js';
import { type Architecture, atSide } from './architecture.js';
import { architectureFacts } from './architecture-facts.js';
import { architectureNames, createArchitecture } from './create-architecture.js';
import { initialWeights, type Weights } from './parameters.js';

const create = (name: string) => createArchitecture(name, { classes: 7 });

/** Those without a layer whose parameters depend on the size. */
const anySide = ['compact', 'residual', 'vgg'];

describe('architectureFacts', () => {
  test.each([
    ['compact', 1_176_359, 256],
    ['residual', 1_434_911, 216],
    ['vgg', 3_970_999, 384],
    ['original', 2_346_887, 1024],
    ['reference', 3_916_103, 512],
  ])('%s has %i parameters and an embedding of %i', (name, parameters, embedding) => {
    expect(architectureFacts(create(name))).toMatchObject({ name, parameters, embedding });
  });

  test.each([
    ['compact', 94_046_464],
    ['residual', 96_290_888],
    ['vgg', 244_362_624],
  ])('%s takes %i multiply-adds for a crop of 44 pixels', (name, multiplyAdds) => {
    expect(architectureFacts(atSide(create(name), 44)).multiplyAdds).toBe(multiplyAdds);
  });

  test.each([
    ['original', 77_326_464],
    ['reference', 131_091_968],
  ])('%s takes %i multiply-adds', (name, multiplyAdds) => {
    expect(architectureFacts(create(name)).multiplyAdds).toBe(multiplyAdds);
  });

  test('residual stays within 100 million multiply-adds and 6 MB', () => {
    const { multiplyAdds, parameters } = architectureFacts(create('residual'));
    expect(multiplyAdds).toBeLessThan(100e6);
    expect(4 * parameters).toBeLessThan(6e6);
  });
});

describe('any side', () => {
  test.each(anySide)('the parameters of %s do not depend on it', (name) => {
    for (let side = 24; side <= 48; side++) expect(() => atSide(create(name), side), `${side} pixels`).not.toThrow();
  });

  test.each(architectureNames.filter((name) => !anySide.includes(name)))('those of %s do', (name) => {
    expect(() => atSide(create(name), 24)).toThrow(/choose another architecture/);
  });
});

describe('a few steps lower the loss', () => {
  test.each(anySide)('of %s, first at 24 pixels and then on with the same weights at 44', async (name) => {
    const weights = initialWeights(create(name), createRandom(3));
    const small = await lossesOf(atSide(create(name), 24), weights);
    const large = await lossesOf(atSide(create(name), 44), weights);
    expect(small.at(-1)!).toBeLessThan(small[0]! - 0.3);
    expect(large.at(-1)!).toBeLessThan(large[0]! - 0.1);
    // What was learnt at one side is of use at the other.
    expect(large[0]!).toBeLessThan(small[0]!);
  });

  test.each(architectureNames.filter((name) => !anySide.includes(name)))('of %s', async (name) => {
    const losses = await lossesOf(create(name), initialWeights(create(name), createRandom(3)));
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.1);
  });
});

/** Loss before each of some steps on one batch: a bright bar on noise, its height the class. Moves `weights`. */
async function lossesOf(architecture: Architecture, weights: Weights): Promise<number[]> {
  const [size, side, random] = [14, architecture.crop.height, createRandom(4)];
  const pixels = Float32Array.from({ length: size * side * side }, (_, i) => {
    const [sample, row] = [Math.floor(i / (side * side)), Math.floor((i / side) % side)];
    return 100 * random.next() + (Math.floor((row * 7) / side) === sample % 7 ? 100 : 0);
  });
  const targets = Float32Array.from({ length: size * 7 }, (_, i) => (i % 7 === Math.floor(i / 7) % 7 ? 1 : 0));
  const engine = new LocalEngine(architecture, openSession, { optimiser: { name: 'sgd' }, weights });
  const masks = engine.masks.map(({ shape }) => new Float32Array(size * elements(shape)).fill(1));
  const batch = { size, side, pixels, targets, masks };
  const losses: number[] = [];
  for (let step = 0; step < 6; step++) losses.push((await engine.step(batch, 0.02)).loss);
  await engine.release();
  return losses;
}
