// Starts a training engine on a device, and proves the device first unless it is the CPU.
import type { GradientCheck } from '../../../core/training/gradient-check.js';
import type { DeviceName } from '../session.js';
import { WorkerEngine, type WorkerEngineOptions } from './engine.js';

/**
 * Largest relative difference from the CPU. Single precision gives about 1e-5, a wrong operator 0.1 and more; CUDA
 * multiplies with 10 bits (TF32), which turns some ReLUs.
 */
const tolerances: Readonly<Record<Exclude<DeviceName, 'cpu'>, number>> = { webgpu: 0.01, wasm: 0.01, cuda: 0.1 };

export interface CheckOptions {
  /** Pictures in the run's batches. */
  readonly batchSize: number;
  /** Sides of the crops that the run uses besides the architecture's own, pixels. */
  readonly sides: readonly number[];
  /** Takes one line about the check. */
  readonly note: (text: string) => void;
}

/** Throws DeviceError, with the engine released, when the device is missing or computes otherwise than the CPU. */
export async function startCheckedEngine(
  options: WorkerEngineOptions,
  { batchSize, sides, note }: CheckOptions,
): Promise<WorkerEngine> {
  const { device = 'cpu' } = options;
  const engine = new WorkerEngine(options);
  if (device === 'cpu') return engine;
  try {
    const found = await engine.check({ tolerance: tolerances[device], batchSize, sides });
    note(describe(device, batchSize, found));
    return engine;
  } catch (error) {
    await engine.release();
    throw error;
  }
}

function describe(
  device: DeviceName,
  batchSize: number,
  { worst, difference, deviceMs, cpuMs }: GradientCheck,
): string {
  const agrees = `${device} computes what the CPU does: the largest difference is ${difference.toExponential(0)} (relative, of ${worst})`;
  const times = `a batch of ${batchSize} takes ${deviceMs.toFixed(0)} ms there and ${cpuMs.toFixed(0)} ms on the CPU`;
  // ONNX Runtime does not tell which adapter it took.
  const isSlow = device !== 'wasm' && deviceMs > 2 * cpuMs;
  return `${agrees}; ${times}${isSlow ? ': too slow for a GPU, perhaps a software adapter' : ''}`;
}
