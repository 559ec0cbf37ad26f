// Training in threads of their own gives bit for bit what one thread gives.
import { describe, expect, test } from 'vitest';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import { initialWeights } from '../../../core/nn/architectures/parameters.js';
import { elements } from '../../../core/nn/layers/layer.js';
import { createRandom } from '../../../core/numbers/random.js';
import type { Batch } from '../../../core/training/batch.js';
import { type EngineOptions, LocalEngine, type TrainingEngine } from '../../../core/training/engine.js';
import { openSession } from '../session.js';
import { WorkerEngine } from './engine.js';

const architecture = createArchitecture('compact', { classes: 7 });

function batchOf(size: number, seed: number, { masks }: TrainingEngine): Batch {
  const random = createRandom(seed);
  const side = 24;
  return {
    size,
    side,
    pixels: Float32Array.from({ length: size * side * side }, () => random.between(0, 255)),
    targets: Float32Array.from({ length: size * 7 }, (_, i) => (i % 7 === Math.floor(i / 7) % 7 ? 1 : 0)),
    masks: masks.map(({ shape, rate }) =>
      Float32Array.from({ length: size * elements(shape) }, () => (random.next() < rate ? 0 : 1 / (1 - rate))),
    ),
  };
}

function options(changes: Partial<EngineOptions>): EngineOptions {
  return { optimiser: { name: 'adam' }, weights: initialWeights(architecture, createRandom(1)), ...changes };
}

async function afterSteps(engine: TrainingEngine, count = 2) {
  const losses: number[] = [];
  for (let i = 0; i < count; i++) losses.push((await engine.step(batchOf(9, i, engine), 1e-3)).loss);
  const { weights } = await engine.state();
  await engine.release();
  return { losses, weights };
}

function inThreads(changes: Partial<EngineOptions>): WorkerEngine {
  return new WorkerEngine({ architecture: 'compact', architectureOptions: { classes: 7 }, ...options(changes) });
}

describe('training by several workers', () => {
  test.each([
    { workers: 2, threads: 2 },
    { workers: 3, threads: 3, ghostBatch: 2 },
  ])('is what one thread makes of the same parts: %o', async (changes) => {
    const expected = await afterSteps(new LocalEngine(architecture, openSession, options(changes)));
    const found = await afterSteps(inThreads(changes));
    expect(found.losses).toEqual(expected.losses);
    for (const [name, values] of expected.weights) {
      const other = found.weights.get(name)!;
      expect(Buffer.from(other.buffer).equals(Buffer.from(values.buffer)), name).toBe(true);
    }
  });

  test('differs from one worker only by what batch norm sees', async () => {
    const [one, two] = [await afterSteps(inThreads({}), 1), await afterSteps(inThreads({ workers: 2, threads: 2 }), 1)];
    expect(two.losses[0]).not.toBe(one.losses[0]);
    expect(Math.abs(two.losses[0]! / one.losses[0]! - 1)).toBeLessThan(0.1);
  });

  test('fails with the error of the thread that failed', async () => {
    const engine = inThreads({ workers: 2, threads: 2 });
    const { masks: _, ...batch } = batchOf(4, 1, engine);
    await expect(engine.step({ ...batch, masks: [] }, 1e-3)).rejects.toThrow('batch without mask 0');
    await engine.release();
  });
});
