// The workers load ONNX Runtime's two files from the page's own origin; the bundler gives their addresses.
/// <reference types="vite/client" />
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { setRuntimeFiles } from '../../../adapters/browser/session.js';

/** Call it once in a worker, before its first session. */
export function useOwnRuntimeFiles(): void {
  setRuntimeFiles({ wasm: new URL(wasmUrl, import.meta.url).href, mjs: new URL(mjsUrl, import.meta.url).href });
}
