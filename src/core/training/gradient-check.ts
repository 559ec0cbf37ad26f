// Proves a device before it trains: loss, predictions and every gradient beside the CPU's, on random batches.
import { DeviceError } from '../errors.js';
import { type Architecture, atSide } from '../nn/architectures/architecture.js';
import { initialWeights, type Weights } from '../nn/architectures/parameters.js';
import { createRandom, type Random } from '../numbers/random.js';
import type { Clock } from '../ports/clock.js';
import type { OpenSession } from '../ports/session.js';
import type { Batch } from './batch.js';
import { DistillingEngine, type TeacherOptions } from './distilling-engine.js';
import { type GradientOptions, LocalEngine } from './engine.js';
import { randomBatch } from './random-batch.js';

/** `workers` and `ghostBatch` are the run's: they decide the size of the graphs. */
export interface GradientCheckOptions extends Omit<GradientOptions, 'formulas'> {
  /** The device's name, for the error. */
  readonly device: string;
  /** Opens sessions on the device. */
  readonly openOnDevice: OpenSession;
  /** Opens sessions on the CPU. */
  readonly openOnCpu: OpenSession;
  /** Largest difference, as the norm of the difference over the norm of the CPU's values. */
  readonly tolerance: number;
  /** Pictures in a batch: the run's own number, as a device may take another way for other sizes. */
  readonly batchSize: number;
  /** Sides of the crops to check besides the architecture's own, pixels; default none. */
  readonly sides?: readonly number[] | undefined;
  /** Checked too, where there is one: its probabilities are targets. */
  readonly teacher?: TeacherOptions | undefined;
  readonly clock: Clock;
}

export interface GradientCheck {
  /** What differs most: a parameter's name, `loss`, `probabilities`, `predictions` or `teacher`. */
  readonly worst: string;
  /** Its relative difference. */
  readonly difference: number;
  /** Milliseconds of a batch's gradients once everything is compiled. */
  readonly deviceMs: number;
  readonly cpuMs: number;
}

/**
 * A rounding error that turns one ReLU on or off moves a gradient by more than the tolerance, on some batch and some
 * device; a wrong operator does so on every batch. So a device passes with the first batch that agrees.
 */
const attempts = 3;

/** A gradient below this share of all is compared with that: one that is zero (a bias before a batch norm) holds only rounding errors. */
const zeroShare = 1e-4;

/** Compares a device with the CPU. Throws DeviceError naming the worst value when the device computes otherwise. */
export async function checkGradients(
  architecture: Architecture,
  options: GradientCheckOptions,
): Promise<GradientCheck> {
  const random = createRandom(1);
  const weights = unevenWeights(architecture, random);
  const device = new Computation(architecture, options.openOnDevice, { ...options, weights, formulas: 'portable' });
  const cpu = new Computation(architecture, options.openOnCpu, { ...options, weights, formulas: 'cpu' });
  const own = architecture.crop.height;
  const draw = (side: number): Batch =>
    randomBatch(atSide(architecture, side), { size: options.batchSize, masks: device.engine.masks }, random);
  const compare = async (side: number): Promise<Difference> => {
    const batch = draw(side);
    return largestDifference(await device.outputs(batch, side === own), await cpu.outputs(batch, side === own));
  };
  try {
    let worst: Difference = { name: 'loss', difference: 0 };
    for (const side of new Set([...(options.sides ?? []), own])) {
      const found = await smallestOf(() => compare(side), options);
      if (found.difference > worst.difference) worst = found;
    }
    const batch = draw(own);
    const time = async ({ engine }: Computation): Promise<number> => {
      const start = options.clock();
      await engine.gradients(batch);
      return options.clock() - start;
    };
    return { worst: worst.name, difference: worst.difference, deviceMs: await time(device), cpuMs: await time(cpu) };
  } finally {
    await device.release();
    await cpu.release();
  }
}

interface Difference {
  readonly name: string;
  readonly difference: number;
}

/** The first difference within the tolerance. Throws DeviceError when there is none. */
async function smallestOf(
  draw: () => Promise<Difference>,
  { device, tolerance }: GradientCheckOptions,
): Promise<Difference> {
  let found: Difference = { name: '', difference: Number.NaN };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const next = await draw();
    if (!(found.difference < next.difference)) found = next;
    if (found.difference <= tolerance) return found;
  }
  throw new DeviceError(
    `${device} must compute what the CPU computes to ${tolerance} (relative), and '${found.name}' differs by ${found.difference.toPrecision(2)}; ` +
      "train with --device cpu, or update the device's driver and onnxruntime-node",
  );
}

/** What a training run takes from an engine, by name. */
interface Outputs {
  readonly values: Weights;
  /** Norm of all gradients together. */
  readonly gradientNorm: number;
}

interface ComputationOptions extends GradientOptions {
  readonly weights: Weights;
  readonly teacher?: TeacherOptions | undefined;
}

/** One of the two that are compared. */
class Computation {
  readonly engine: LocalEngine;
  readonly #distilling: DistillingEngine | undefined;

  constructor(architecture: Architecture, open: OpenSession, { teacher, ...options }: ComputationOptions) {
    this.engine = new LocalEngine(architecture, open, { ...options, optimiser: { name: 'sgd' } });
    this.#distilling = teacher === undefined ? undefined : new DistillingEngine(this.engine, teacher, open, options);
  }

  async outputs(batch: Batch, isWholeSize: boolean): Promise<Outputs> {
    const { loss, probabilities, gradients, statistics } = await this.engine.gradients(batch);
    const values: Weights = new Map([['loss', Float32Array.of(loss)], ['probabilities', probabilities], ...gradients]);
    for (const [name, { value }] of statistics) values.set(name, value);
    if (isWholeSize) values.set('predictions', await this.engine.predict(batch.pixels, batch.size));
    if (this.#distilling !== undefined) values.set('teacher', await this.#distilling.judge(batch));
    return { values, gradientNorm: Math.hypot(...[...gradients.values()].map(norm)) };
  }

  release(): Promise<void> {
    return (this.#distilling ?? this.engine).release();
  }
}

function largestDifference(found: Outputs, expected: Outputs): Difference {
  let worst: Difference = { name: 'loss', difference: 0 };
  for (const [name, values] of expected.values) {
    const others = found.values.get(name)!;
    const apart = norm(values.map((value, i) => value - others[i]!));
    const difference = apart / Math.max(norm(values), zeroShare * expected.gradientNorm);
    // What is not a number is the worst of all.
    if (Number.isNaN(difference)) return { name, difference: Number.POSITIVE_INFINITY };
    if (difference > worst.difference) worst = { name, difference };
  }
  return worst;
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** Fresh weights, moved a little: a batch norm's scale of exactly 1 would hide that a device leaves it out. */
function unevenWeights(architecture: Architecture, random: Random): Weights {
  const weights = initialWeights(architecture, random);
  for (const values of weights.values())
    for (let i = 0; i < values.length; i++) values[i]! += 0.05 * random.between(-1, 1);
  return weights;
}
