// How long whole training steps take: forward, backward and optimiser, on a batch that is there already.
import type { Architecture } from '../../core/nn/architecture.js';
import { drawMask } from '../../core/nn/draw-mask.js';
import type { Batch, TrainingEngine } from '../../core/nn/engine.js';
import type { Clock } from '../../core/ports/clock.js';
import { createRandom } from '../../core/tensor/random.js';

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

/** Milliseconds of each step. Making batches is not in them: training does it in another thread meanwhile. */
export async function measureTraining(engine: TrainingEngine, options: TrainingMeasure): Promise<number[]> {
  const { steps, clock } = options;
  const batch = noiseBatch(engine, options);
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

function noiseBatch({ masks }: TrainingEngine, { architecture, batch }: TrainingMeasure): Batch {
  const random = createRandom(1);
  const side = architecture.crop.height;
  const classes = architecture.head.outputShape(architecture.features.outputShape([1, side, side]))[0]!;
  return {
    size: batch,
    side,
    pixels: Float32Array.from({ length: batch * side * side }, () => random.between(0, 255)),
    targets: Float32Array.from({ length: batch * classes }, (_, i) =>
      i % classes === Math.floor(i / classes) % classes ? 1 : 0,
    ),
    masks: masks.map((mask) => drawMask(mask, batch, random)),
  };
}
