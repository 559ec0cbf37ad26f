// The ranges of a model's inner values on given inputs, which an int8 form must cover.
import type { OpenSession, Session, Tensor } from '../ports/session.js';
import type { OnnxModel } from './onnx-model.js';
import type { ValueRange } from './quantise-convolutions.js';
import { writeModel } from './write-model.js';

/** Histogram bins of a value's range, from which its quantiles are computed. */
const bins = 4096;

export interface CalibrateOptions {
  /** Names of the float32 values to measure. */
  readonly values: readonly string[];
  /** Inputs of the model, a run each; iterated twice. */
  readonly batches: readonly Readonly<Record<string, Tensor>>[];
  /** Share of all numbers inside the range, e.g. 0.9999, with equal shares cut off at both ends; 1 for all. */
  readonly share: number;
  readonly openSession: OpenSession;
  readonly threads?: number;
}

/** Measures the range of every value. Memory: one batch's values at a time. */
export async function calibrate(model: OnnxModel, options: CalibrateOptions): Promise<Map<string, ValueRange>> {
  const { values, batches, share, openSession, threads = 1 } = options;
  const outputs = values.map((name) => ({ name, type: 'float32' as const, dims: undefined }));
  const session = await openSession(writeModel({ ...model, outputs }), { threads });
  try {
    const whole = new Map(values.map((name) => [name, { low: 0, high: 0 }]));
    await eachValue(session, batches, (name, numbers) => {
      const range = whole.get(name)!;
      for (const number of numbers) {
        if (number < range.low) range.low = number;
        else if (number > range.high) range.high = number;
      }
    });
    if (share === 1) return whole;
    const counts = new Map(values.map((name) => [name, new Float64Array(bins)]));
    await eachValue(session, batches, (name, numbers) => {
      const { low, high } = whole.get(name)!;
      const [count, perBin] = [counts.get(name)!, bins / Math.max(high - low, Number.MIN_VALUE)];
      for (const number of numbers) {
        const bin = Math.min(bins - 1, Math.floor((number - low) * perBin));
        count[bin] = count[bin]! + 1;
      }
    });
    return new Map(values.map((name) => [name, within(whole.get(name)!, counts.get(name)!, share)]));
  } finally {
    await session.release();
  }
}

async function eachValue(
  session: Session,
  batches: CalibrateOptions['batches'],
  visit: (name: string, numbers: Float32Array) => void,
): Promise<void> {
  for (const batch of batches) {
    for (const [name, { data }] of Object.entries(await session.run(batch))) visit(name, data as Float32Array);
  }
}

/** The range that remains when equal shares of the numbers are cut off at both ends, rounded to whole bins. */
function within({ low, high }: ValueRange, counts: Float64Array, share: number): ValueRange {
  const cut = ((1 - share) / 2) * counts.reduce((sum, count) => sum + count, 0);
  const firstBeyond = (inOrder: Float64Array): number => {
    let sum = 0;
    const at = inOrder.findIndex((count) => {
      sum += count;
      return sum > cut;
    });
    return Math.max(at, 0);
  };
  const perBin = (high - low) / bins;
  return { low: low + firstBeyond(counts) * perBin, high: high - firstBeyond(counts.toReversed()) * perBin };
}
