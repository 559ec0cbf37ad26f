// Runs in the process of `moodlens bench`: starts a process (bench-process.ts, or a peer's program) for each measurement, and reads the
// line of JSON that it prints.

import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { builtFile } from '../../../adapters/node/built-file.js';
import { DeviceError } from '../../../core/errors.js';
import type { RunBenchTask } from '../../../pipeline/bench/bench-task.js';

const entry = builtFile('./bench-process.js', import.meta.url);

const peerProgram = fileURLToPath(new URL('../../../../bench/inference-peers.py', import.meta.url));

/** Throws DeviceError, with the last lines of its stderr, when the process does not finish. */
export const runBenchTask: RunBenchTask = (task) => {
  if (task.kind !== 'peer') return runForJson(process.execPath, [fileURLToPath(entry), JSON.stringify(task)]);
  const { peer, threads, calls, seconds } = task;
  const numbers = [threads, calls, ...(seconds === undefined ? [] : [seconds])];
  return runForJson(peerPython(), [peerProgram, peer, ...numbers.map(String)]);
};

/** Throws DeviceError when there is no Python with the peers. */
export async function requirePeers(): Promise<void> {
  try {
    await runForJson(peerPython(), [peerProgram, 'check']);
  } catch (cause) {
    throw new DeviceError(
      `--peers needs a Python with keras, tensorflow and torch, and ${peerPython()} is not one; name one in MOODLENS_PEERS_PYTHON`,
      { cause },
    );
  }
}

function peerPython(): string {
  return process.env['MOODLENS_PEERS_PYTHON'] ?? join(homedir(), '.cache/peers/bin/python');
}

/** The last line that a program prints, read as JSON. Throws DeviceError when the program fails or is not there. */
async function runForJson<T>(program: string, args: readonly string[]): Promise<T> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as T;
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().split('\n').slice(-3) : [];
    const text = said.join(' ').trim() || (cause instanceof Error ? cause.message : String(cause));
    throw new DeviceError(`each measurement must finish in its process, and ${args.join(' ')} did not: ${text}`, {
      cause,
    });
  }
}
