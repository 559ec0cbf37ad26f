// Runs ONNX models with ONNX Runtime's WebAssembly build; meant for a worker, because a run blocks its thread.
import type * as Ort from 'onnxruntime-web/wasm';
import { ModelFormatError } from '../../core/errors.js';
import { isHtml } from '../../core/onnx/is-html.js';
import {
  defaultThreads,
  type OpenSession,
  type Session,
  type SessionOptions,
  type Tensor,
  type TensorData,
} from '../../core/ports/session.js';
import { isRuntimeFailure, runtimeFailure } from './runtime-failure.js';

/** Addresses of ONNX Runtime's two files on the page's own origin. */
export interface RuntimeFiles {
  /** URL of ort-wasm-simd-threaded.wasm. */
  readonly wasm: string;
  /** URL of ort-wasm-simd-threaded.mjs. */
  readonly mjs: string;
}

let runtimeFiles: RuntimeFiles | undefined;
let runtime: Promise<typeof Ort> | undefined;

/** Names ONNX Runtime's files; call it before the first session. A bundler that finds them by itself needs no call. */
export function setRuntimeFiles(files: RuntimeFiles): void {
  runtimeFiles = files;
}

async function loadRuntime(threads: number): Promise<typeof Ort> {
  const ort = await import('onnxruntime-web/wasm');
  // The thread count is the whole runtime's and holds from its first session on.
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1;
  if (runtimeFiles) ort.env.wasm.wasmPaths = { ...runtimeFiles };
  ort.env.logLevel = 'error';
  return ort;
}

type OrtType = 'float32' | 'uint8' | 'int32' | 'int64';

function elementType(data: TensorData): OrtType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int32Array) return 'int32';
  return 'int64';
}

class WasmSession implements Session {
  readonly #ort: typeof Ort;
  readonly #session: Ort.InferenceSession;

  constructor(ort: typeof Ort, session: Ort.InferenceSession) {
    this.#ort = ort;
    this.#session = session;
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const inputs: Record<string, Ort.Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(feeds)) {
      inputs[name] = new this.#ort.Tensor(elementType(data), data, dims) as Ort.Tensor;
    }
    const results = fetches ? await this.#session.run(inputs, [...fetches]) : await this.#session.run(inputs);
    const outputs: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(results)) {
      outputs[name] = { dims: tensor.dims, data: tensor.data as TensorData };
    }
    return outputs;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/**
 * Loads a model into ONNX Runtime's WebAssembly build. `threads` counts for the first session of a page and needs
 * cross-origin isolation. Throws ModelFormatError when the runtime refuses the model, DeviceError when it does not start,
 * as where its files are not found.
 */
export const openSession: OpenSession = async (model: Uint8Array, options: SessionOptions = {}): Promise<Session> => {
  if (isHtml(model)) {
    throw new ModelFormatError(
      `The model must be an .onnx file, but these ${model.byteLength} bytes are an HTML page, as a server answers where there is no such file; check the address that they came from.`,
    );
  }
  runtime ??= loadRuntime(options.threads ?? defaultThreads);
  const ort = await runtime;
  try {
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: options.optimization ?? 'all',
    });
    return new WasmSession(ort, session);
  } catch (cause) {
    if (isRuntimeFailure(cause)) throw await runtimeFailure(cause, Object.values(runtimeFiles ?? {}));
    throw new ModelFormatError(
      `The model must be an .onnx file that ONNX Runtime accepts, but it refused these ${model.byteLength} bytes (${String(cause)}); make the file again.`,
      { cause },
    );
  }
};
