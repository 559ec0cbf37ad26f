// Runs ONNX models in Node: onnxruntime-node when it is installed, onnxruntime-web (WebAssembly) otherwise.
import { DeviceError, ModelFormatError } from '../../core/errors.js';
import {
  defaultThreads,
  type OpenSession,
  type Session,
  type SessionOptions,
  type Tensor,
  type TensorData,
} from '../../core/ports/session.js';
import { noteFallback } from './fallback-notice.js';
import { isTelemetryOff } from './runtime-telemetry.js';

// The part of the two runtimes that moodlens uses; both have it under the same names. Their own types would reach those who
// import moodlens/node, and do not compile everywhere.
interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
  readonly Tensor: new (type: string, data: TensorData, dims: readonly number[]) => OrtTensor;
  readonly env: { readonly wasm: { numThreads?: number } };
}

interface OrtTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, OrtTensor>, fetches?: readonly string[]): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

export type RuntimeName = 'onnxruntime-node' | 'onnxruntime-web';

interface LoadedRuntime {
  readonly name: RuntimeName;
  readonly runtime: Runtime;
}

/** What a session can run on: `webgpu` and `cuda` need onnxruntime-node and a GPU, `wasm` is onnxruntime-web. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'wasm'] as const;
export type DeviceName = (typeof deviceNames)[number];

export interface NodeSessionOptions extends SessionOptions {
  /** Default 'cpu'. */
  readonly device?: DeviceName | undefined;
}

let native: Promise<Runtime> | undefined;
let web: Promise<Runtime> | undefined;

async function loadNative(): Promise<Runtime> {
  if (!isTelemetryOff()) {
    throw new DeviceError(
      'onnxruntime-node must not report its use, and in this worker thread it would; import moodlens/node in the main thread before the thread is started',
    );
  }
  native ??= import('onnxruntime-node') as unknown as Promise<Runtime>;
  return native;
}

function loadWeb(): Promise<Runtime> {
  web ??= import('onnxruntime-web') as unknown as Promise<Runtime>;
  return web;
}

/** The runtime that stands for the CPU; MOODLENS_RUNTIME=wasm forces the WebAssembly one. */
export async function loadRuntime(): Promise<LoadedRuntime> {
  if (process.env['MOODLENS_RUNTIME'] !== 'wasm') {
    try {
      return { name: 'onnxruntime-node', runtime: await loadNative() };
    } catch (error) {
      // An optional dependency: without it (no binary for this platform) WebAssembly does the work, slower. So it does in a
      // worker thread where the runtime would report its use.
      noteFallback(error);
    }
  }
  return { name: 'onnxruntime-web', runtime: await loadWeb() };
}

/**
 * Opens a model. Throws ModelFormatError when the runtime refuses the bytes, DeviceError when the device is not there.
 * WebAssembly keeps the number of threads of the first session that this thread opens.
 */
export async function openSession(model: Uint8Array, options: NodeSessionOptions = {}): Promise<Session> {
  const { device = 'cpu', threads = defaultThreads } = options;
  const { name, runtime } = await runtimeOf(device);
  const isWeb = name === 'onnxruntime-web';
  if (isWeb) runtime.env.wasm.numThreads = threads;
  try {
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [isWeb ? 'wasm' : device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: options.optimization ?? 'all',
      logSeverityLevel: 3,
    });
    return new OrtBackedSession(session, runtime.Tensor, device);
  } catch (error) {
    if (device === 'webgpu' || device === 'cuda') throw deviceFailed(device, 'open a model', error);
    throw new ModelFormatError(`the model must be one that ONNX Runtime accepts, and it said: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** How to open sessions on a device, and the formulas that it computes rightly. */
export function sessionsOn(device: DeviceName): { open: OpenSession; formulas: 'cpu' | 'portable' } {
  const open: OpenSession = (model, options) => openSession(model, { ...options, device });
  return { open, formulas: device === 'cpu' ? 'cpu' : 'portable' };
}

async function runtimeOf(device: DeviceName): Promise<LoadedRuntime> {
  if (device === 'cpu') return loadRuntime();
  if (device === 'wasm') return { name: 'onnxruntime-web', runtime: await loadWeb() };
  try {
    return { name: 'onnxruntime-node', runtime: await loadNative() };
  } catch (cause) {
    if (cause instanceof DeviceError) throw cause;
    throw new DeviceError(`${device} needs the package onnxruntime-node, and it cannot be loaded; install it`, {
      cause,
    });
  }
}

function deviceFailed(device: DeviceName, what: string, cause: unknown): DeviceError {
  return new DeviceError(`${device} must ${what}, and ONNX Runtime said: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

class OrtBackedSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: OrtSession;
  readonly #Tensor: Runtime['Tensor'];
  readonly #device: DeviceName;

  constructor(session: OrtSession, tensor: Runtime['Tensor'], device: DeviceName) {
    this.#session = session;
    this.#Tensor = tensor;
    this.#device = device;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = this.#toOrt(tensor);
    const results = await this.#run(inputs, fetches);
    const outputs: Record<string, Tensor> = {};
    for (const [name, { dims, data }] of Object.entries(results)) outputs[name] = { dims, data: data as TensorData };
    return outputs;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  async #run(inputs: Record<string, OrtTensor>, fetches?: readonly string[]): Promise<Record<string, OrtTensor>> {
    try {
      return fetches ? await this.#session.run(inputs, fetches) : await this.#session.run(inputs);
    } catch (error) {
      // On the CPU this is a fault of the caller; a GPU can run out of memory or go away.
      if (this.#device === 'cpu') throw error;
      throw deviceFailed(this.#device, 'finish what it began', error);
    }
  }

  #toOrt({ data, dims }: Tensor): OrtTensor {
    if (data instanceof Float32Array) return new this.#Tensor('float32', data, dims);
    if (data instanceof Uint8Array) return new this.#Tensor('uint8', data, dims);
    if (data instanceof Int32Array) return new this.#Tensor('int32', data, dims);
    return new this.#Tensor('int64', data, dims);
  }
}
