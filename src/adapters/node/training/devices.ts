// Which devices can train on this machine: each is tried in a process of its own.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DeviceError } from '../../../core/errors.js';
import { builtFile } from '../built-file.js';
import { type DeviceName, deviceNames } from '../session.js';

export interface DeviceProbe {
  readonly device: DeviceName;
  /** Why it cannot be used; undefined when it can. */
  readonly problem: string | undefined;
}

const needs: Readonly<Record<DeviceName, string>> = {
  cpu: 'onnxruntime-node or onnxruntime-web',
  webgpu: 'a GPU with a Vulkan, Metal or Direct3D 12 driver',
  cuda: 'an NVIDIA GPU, CUDA 12 with cuDNN 9, and onnxruntime-node installed with its CUDA libraries',
  wasm: 'onnxruntime-web',
};

const entry = builtFile('./devices-process.js', import.meta.url);

const probeTimeoutMs = 60_000;

/** Runs a small model on every device. */
export function probeDevices(): Promise<readonly DeviceProbe[]> {
  return Promise.all(deviceNames.map(probeDevice));
}

/** The devices that can be used here. */
export async function availableDevices(): Promise<readonly DeviceName[]> {
  return (await probeDevices()).filter(({ problem }) => problem === undefined).map(({ device }) => device);
}

/** Throws DeviceError, naming the devices that are there, when this one is not. */
export async function requireDevice(device: DeviceName): Promise<void> {
  const { problem } = await probeDevice(device);
  if (problem === undefined) return;
  const others = await availableDevices();
  throw new DeviceError(
    `the device ${device} must be there, and it is not: ${problem}; there are: ${others.join(', ') || 'none'}`,
  );
}

function probeDevice(device: DeviceName): Promise<DeviceProbe> {
  const args = [fileURLToPath(entry), device];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: probeTimeoutMs }, (error, stdout) => {
      resolve({ device, problem: problemOf(device, stdout, error) });
    });
  });
}

function problemOf(device: DeviceName, stdout: string, error: Error | null): string | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (line !== undefined) {
    const { problem } = JSON.parse(line) as { problem?: string };
    return problem === undefined ? undefined : `it needs ${needs[device]} (${shorten(problem)})`;
  }
  const signal = error && 'signal' in error ? error.signal : undefined;
  return `its driver ended the process that tried it (${signal ?? error?.message})`;
}

/** ONNX Runtime's messages begin with a place in its sources and end with empty lines. */
function shorten(problem: string): string {
  return problem
    .replace(/\/onnxruntime_src\/.* was false\. /s, '')
    .trim()
    .split('\n', 1)[0]!;
}
