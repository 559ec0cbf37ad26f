// Why ONNX Runtime does not start in this page: which of its files is missing, and what was sent instead.
import { DeviceError } from '../../core/errors.js';
import { isHtml } from '../../core/onnx/is-html.js';

/** ONNX Runtime's files, wherever a bundler puts them: names may carry a hash. */
const runtimeFile = /\/ort-wasm[^/]*\.(?:wasm|mjs)(?:\?|$)/;

const cure =
  "in a page that Vite serves set optimizeDeps.exclude to ['onnxruntime-web'], elsewhere name the files with setRuntimeFiles";

/** Whether the runtime itself failed, not a model in it. */
export function isRuntimeFailure(error: unknown): boolean {
  return /no available backend found|initializeWebAssembly/.test(String(error));
}

/** `named`: the addresses given by setRuntimeFiles; without them, those that this page or worker has asked for. */
export async function runtimeFailure(cause: unknown, named: readonly string[]): Promise<DeviceError> {
  const asked = performance.getEntriesByType('resource').map(({ name }) => name);
  const urls = named.length > 0 ? named : asked.filter((url) => runtimeFile.test(url));
  for (const url of new Set(urls)) {
    const problem = await problemOf(url);
    if (problem !== undefined) {
      return new DeviceError(`ONNX Runtime must load its file ${url}, but ${problem}; ${cure}`, { cause });
    }
  }
  return new DeviceError(`ONNX Runtime must start in this page, but it said: ${String(cause)}; ${cure}`, { cause });
}

async function problemOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url);
    if (!response.ok) return `the server answered ${response.status}`;
    const reader = response.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    if (first?.value && isHtml(first.value)) return 'the server answered with an HTML page';
    return undefined;
  } catch {
    return 'no server answers there';
  }
}
