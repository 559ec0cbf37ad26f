// Says on stderr that WebAssembly computes because onnxruntime-node is missing or does not load: once for a program with
// all its threads and child processes.

/** Set in the environment of every thread and process that has nothing to say. */
const mark = 'MOODLENS_FALLBACK_NOTED';

/** Writes the notice, unless this tree of processes has it already. `cause` is what the import threw. */
export function noteFallback(cause: unknown, write = (text: string): unknown => process.stderr.write(text)): void {
  if (process.env[mark] !== undefined) return;
  process.env[mark] = '1';
  write(`${describeFallback(cause)}\n`);
}

/**
 * The environment for a thread or process that opens sessions in this one's stead: the first that is started with one writes
 * the notice, and neither this process nor another that it starts does.
 */
export function handOverNotice(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  process.env[mark] = '1';
  return environment;
}

/** The environment for threads that open sessions beside this one, which writes the notice itself. */
export function withoutNotice(): NodeJS.ProcessEnv {
  return { ...process.env, [mark]: '1' };
}

function describeFallback(cause: unknown): string {
  const text = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]!;
  const isMissing =
    (cause as NodeJS.ErrnoException)?.code === 'ERR_MODULE_NOT_FOUND' && /'onnxruntime-node'/.test(text);
  const found = isMissing
    ? "the package onnxruntime-node is not installed (npm leaves it out when its install script's download fails)"
    : `the package onnxruntime-node is installed and does not load (${text})`;
  const remedy = isMissing
    ? "'npm install --ignore-scripts' installs it"
    : "delete node_modules/onnxruntime-node and run 'npm install --ignore-scripts'";
  return `${found}, so WebAssembly computes, several times slower; ${remedy}. MOODLENS_RUNTIME=wasm chooses WebAssembly without this notice`;
}
