// A graph's sessions: opened once for each size of a batch, and released when the pictures' side changes.
import { expect, test } from 'vitest';
import { openSession } from '../../adapters/node/session.js';
import { createArchitecture } from '../nn/architectures/create-architecture.js';
import { initialWeights } from '../nn/architectures/parameters.js';
import { buildTrainingGraph } from '../nn/graphs/training-graph.js';
import { createRandom } from '../numbers/random.js';
import type { OpenSession } from '../ports/session.js';
import type { Batch } from './batch.js';
import { GraphGradients } from './gradient-source.js';

test('sessions are opened once a size and live as long as their side', async () => {
  const architecture = createArchitecture('compact', { classes: 3, dropout: 0 });
  const weights = initialWeights(architecture, createRandom(1));
  const { masks } = buildTrainingGraph(architecture, 1);
  let opened = 0;
  let released = 0;
  const counting: OpenSession = async (model, options) => {
    const session = await openSession(model, options);
    opened += 1;
    return {
      ...{ inputNames: session.inputNames, outputNames: session.outputNames },
      run: (feeds) => session.run(feeds),
      release: () => {
        released += 1;
        return session.release();
      },
    };
  };
  const source = new GraphGradients(architecture, counting);
  const lossAt = async (size: number, side: number): Promise<number> =>
    (await source.gradients(weights, batch(size, side))).loss;
  const batch = (size: number, side: number): Batch => ({
    ...{ size, side },
    pixels: Float32Array.from({ length: size * side * side }, (_, i) => (i * 7) % 256),
    targets: Float32Array.from({ length: size * 3 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
    masks: masks.map(({ shape }) => new Float32Array(size * shape.reduce((a, b) => a * b, 1)).fill(1)),
  });
  const first = await lossAt(2, 24);
  await lossAt(1, 24);
  await lossAt(2, 24);
  expect([opened, released]).toEqual([2, 0]);
  await lossAt(2, 32);
  expect([opened, released]).toEqual([3, 2]);
  expect(await lossAt(2, 24)).toBe(first);
  await source.release();
  expect([opened, released]).toEqual([4, 4]);
});
