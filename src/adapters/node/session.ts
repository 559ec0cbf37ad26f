// Runs ONNX models in Node: onnxruntime-node when it is installed, onnxruntime-web (WebAssembly) otherwise.
import type { InferenceSession as OrtSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import { ModelFormatError } from '../../core/errors.js';
import type { OpenSession, Session, Tensor, TensorData } from '../../core/ports/session.js';

/** The part of the two runtimes that moodlens uses; both have it under the same names. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: OrtSession.SessionOptions): Promise<OrtSession>;
  };
  readonly Tensor: TensorConstructor;
}

export type RuntimeName = 'onnxruntime-node' | 'onnxruntime-web';

let loaded: Promise<{ name: RuntimeName; runtime: Runtime }> | undefined;

/** The runtime in use; MOODLENS_RUNTIME=wasm forces the WebAssembly one. */
export function loadRuntime(): Promise<{ name: RuntimeName; runtime: Runtime }> {
  loaded ??= (async () => {
    if (process.env['MOODLENS_RUNTIME'] !== 'wasm') {
      try {
        return { name: 'onnxruntime-node', runtime: (await import('onnxruntime-node')) as unknown as Runtime } as const;
      } catch {
        // An optional dependency: without it (no binary for this platform) WebAssembly does the work, slower.
      }
    }
    return { name: 'onnxruntime-web', runtime: (await import('onnxruntime-web')) as unknown as Runtime } as const;
  })();
  return loaded;
}

/** Opens a model on the CPU. Throws ModelFormatError when the runtime refuses the bytes. */
export const openSession: OpenSession = async (model, options = {}) => {
  const { name, runtime } = await loadRuntime();
  let session: OrtSession;
  try {
    session = await runtime.InferenceSession.create(model, {
      executionProviders: [name === 'onnxruntime-node' ? 'cpu' : 'wasm'],
      intraOpNumThreads: options.threads ?? 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: options.optimization ?? 'all',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new ModelFormatError(
      `the model must be one that ONNX Runtime accepts, and it said: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
  return new OrtBackedSession(session, runtime.Tensor);
};

class OrtBackedSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: OrtSession;
  readonly #Tensor: TensorConstructor;

  constructor(session: OrtSession, tensor: TensorConstructor) {
    this.#session = session;
    this.#Tensor = tensor;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = this.#toOrt(tensor);
    const results = fetches ? await this.#session.run(inputs, fetches) : await this.#session.run(inputs);
    const outputs: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(results)) {
      const tensor = value as OrtTensor;
      outputs[name] = { dims: tensor.dims, data: tensor.data as TensorData };
    }
    return outputs;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #toOrt({ data, dims }: Tensor): OrtTensor {
    if (data instanceof Float32Array) return new this.#Tensor('float32', data, dims);
    if (data instanceof Uint8Array) return new this.#Tensor('uint8', data, dims);
    if (data instanceof Int32Array) return new this.#Tensor('int32', data, dims);
    return new this.#Tensor('int64', data, dims);
  }
}
