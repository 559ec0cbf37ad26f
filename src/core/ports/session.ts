// What running an ONNX model needs from a place (onnxruntime-node, onnxruntime-web).

/** Element storage of a tensor: float32, uint8, int32, int64. */
export type TensorData = Float32Array | Uint8Array | Int32Array | BigInt64Array;

/** A dense tensor, row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** A loaded model. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs the model and returns the outputs named in `fetches` (default: all). */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** Of a session whose options name none. */
export const defaultThreads = 1;

export interface SessionOptions {
  /** Threads inside one operator; default 1. */
  readonly threads?: number;
  /** ONNX Runtime's graph optimisation level; default 'all'. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** Loads a model from the bytes of an .onnx file. Throws ModelFormatError when they are not a model the runtime accepts. */
export type OpenSession = (model: Uint8Array, options?: SessionOptions) => Promise<Session>;
