// Measures whole training steps on a prepared batch: forward, backward and optimiser.
import type { Architecture } from '../../core/nn/architectures/architecture.js';
import { createRandom } from '../../core/numbers/random.js';
import type { Clock } from '../../core/ports/clock.js';
import type { TrainingEngine } from '../../core/training/engine.js';
import { randomBatch } from '../../core/training/random-batch.js';

export interface TrainingMeasure {
  readonly architecture: Architecture;
  /** Pictures in a step. */
  readonly batch: number;
  /** After a warm-up of 3. */
  readonly steps: number;
  /** Milliseconds. */
  readonly clock: Clock;
}

const warmUp = 3;
const learningRate = 1e-4;

/** Milliseconds of each step, without preparing batches: training does that in another thread. */
export async function measureTraining(engine: TrainingEngine, options: TrainingMeasure): Promise<number[]> {
  const { architecture, batch: size, steps, clock } = options;
  const batch = randomBatch(architecture, { size, masks: engine.masks }, createRandom(1));
  const durationsMs: number[] = [];
  for (let step = -warmUp; step < steps; step++) {
    // The engine takes the arrays over.
    const { pixels, targets, masks } = batch;
    const own = {
      ...batch,
      pixels: pixels.slice(),
      targets: targets.slice(),
      masks: masks.map((mask) => mask.slice()),
    };
    const startMs = clock();
    await engine.step(own, learningRate);
    if (step >= 0) durationsMs.push(clock() - startMs);
  }
  return durationsMs;
}
