// The detector's loss beside PyTorch float64 (tests/oracles/gradients.py), finite differences, and where it is wild.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../adapters/node/session.js';
import { outputChannels, targetChannels } from '../../detect/places/places.js';
import { createRandom } from '../../numbers/random.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import { detection } from './detection-loss.js';

interface Numbers {
  readonly norm: number;
  readonly values: readonly number[];
}

const {
  detection: expected,
}: { detection: { loss: number } & Record<'targets' | 'probabilities' | 'input', Numbers> } = JSON.parse(
  readFileSync(new URL('../../../../tests/fixtures/gradients.json', import.meta.url), 'utf8'),
);

const [batch, places] = [3, 20];
const outputDims = [batch, outputChannels.count, 1, places];
const targetDims = [batch, targetChannels.count, 1, places];

async function open() {
  const graph = new GraphBuilder('loss');
  const inputs = [graph.input('output', 'float32', outputDims), graph.input('targets', 'float32', targetDims)] as const;
  const written = detection.loss(graph, ...inputs, batch);
  const predictions = detection.predictions(graph, inputs[0]);
  for (const name of [...Object.values(written), predictions]) graph.output(name, 'float32', []);
  const session = await openSession(graph.build());
  return async (output: Float32Array, targets: Float32Array) => {
    const feeds = { output: { dims: outputDims, data: output }, targets: { dims: targetDims, data: targets } };
    const results = await session.run(feeds);
    const array = (name: string): Float32Array => results[name]!.data as Float32Array;
    return {
      loss: array(written.loss)[0]!,
      probabilities: array(written.probabilities),
      gradient: array(written.gradient),
      predictions: array(predictions),
    };
  };
}

/** The oracle's formula. */
const noise = (count: number, salt: number, low: number, high: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    const v = Math.sin(i * 12.9898 + salt * 78.233) * 43758.5453;
    return low + (high - low) * (v - Math.floor(v));
  });

const output = noise(batch * outputChannels.count * places, 1, -2, 2);
const targets = Float32Array.from(expected.targets.values);

function relativeError(found: Float32Array, { values, norm }: Numbers): number {
  return Math.hypot(...found.map((value, i) => value - values[i]!)) / norm;
}

test('loss, scores and gradient are PyTorch float64s', async () => {
  const found = await (await open())(output, targets);
  expect(found.loss / expected.loss).toBeCloseTo(1, 5);
  expect(relativeError(found.probabilities, expected.probabilities)).toBeLessThan(1e-6);
  expect(relativeError(found.gradient, expected.input)).toBeLessThan(1e-5);
});

test('the gradient is that of finite differences, in each kind of output', async () => {
  const run = await open();
  const { gradient } = await run(output, targets);
  const random = createRandom(3);
  for (let channel = 0; channel < outputChannels.count; channel++) {
    const direction = output.map((_, i) =>
      Math.floor(i / places) % outputChannels.count === channel ? random.normal() : 0,
    );
    const lossAt = async (distance: number) =>
      (
        await run(
          output.map((value, i) => value + distance * direction[i]!),
          targets,
        )
      ).loss;
    const numeric = ((await lossAt(1e-2)) - (await lossAt(-1e-2))) / 2e-2;
    const analytic = direction.reduce((sum, d, i) => sum + d * gradient[i]!, 0);
    expect(Math.abs(numeric - analytic), `channel ${channel}`).toBeLessThan(2e-3 + 0.02 * Math.abs(analytic));
  }
});

test('predictions are the outputs, with the score as a probability', async () => {
  const { predictions, probabilities } = await (await open())(output, targets);
  for (let sample = 0; sample < batch; sample++) {
    const at = sample * outputChannels.count * places;
    const own = predictions.subarray(at, at + outputChannels.count * places);
    expect(own.subarray(0, places)).toEqual(probabilities.subarray(sample * places, (sample + 1) * places));
    expect(own.subarray(places)).toEqual(output.subarray(at + places, at + outputChannels.count * places));
  }
});

describe('a place', () => {
  const weightChannels = [targetChannels.scoreWeight, targetChannels.boxWeight, targetChannels.pointsWeight];

  test('without weight has neither loss nor gradient, whatever it says', async () => {
    const silent = targets.map((value, i) =>
      weightChannels.some((channel) => channel === Math.floor(i / places) % targetChannels.count) ? 0 : value,
    );
    const { loss, gradient } = await (await open())(output, silent);
    expect(loss).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  test('that is wild has a finite loss and a finite gradient', async () => {
    const wild = output.map((value) => 1000 * value);
    const { loss, gradient } = await (await open())(wild, targets);
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
