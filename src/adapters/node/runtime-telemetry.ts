// Turns off the usage reports of onnxruntime-node: what a process imports that opens sessions, or starts threads that do.
import { isMainThread } from 'node:worker_threads';

/**
 * From 1.30 on the runtime notes each process that opens a session (machine id, command line) in a database in the home folder, to
 * send it away. It also looks through the command line with a recursive regular expression, which overflows the stack from about
 * 29 kB on: a segmentation fault for whoever names some hundred files. Only its environment variable turns this off, before the
 * runtime is loaded; with it, sessions open whatever the command line's length.
 */
const variable = 'ORT_DISABLE_TELEMETRY';

// The runtime reads the process's environment, which only the main thread can set; others have a copy of it.
if (isMainThread) process.env[variable] = '1';

/** False in a worker thread that was started before the main thread imported this: there the runtime must not be loaded. */
export function isTelemetryOff(): boolean {
  return process.env[variable] === '1';
}
