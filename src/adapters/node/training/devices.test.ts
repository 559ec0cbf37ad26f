import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { describeWith, itWith, repositoryRoot, requireSoftwareGpu } from '../../../../tests/requirements.js';
import { DeviceError } from '../../../core/errors.js';
import { availableDevices, probeDevices, requireDevice } from './devices.js';

const program = join(repositoryRoot, 'dist/adapters/node/training/devices-process.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };

afterEach(() => {
  vi.unstubAllEnvs();
});

describeWith(built, 'devices', () => {
  it('are tried one by one, and what is missing is said of those that fail', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
    const probes = new Map((await probeDevices()).map(({ device, problem }) => [device, problem]));
    expect([...probes.keys()]).toEqual(['cpu', 'webgpu', 'cuda', 'wasm']);
    expect([probes.get('cpu'), probes.get('wasm')]).toEqual([undefined, undefined]);
    expect(probes.get('cuda')).toMatch(/^it needs an NVIDIA GPU, .* \(.+\)$/);
  });

  it('are refused with the names of those that are there', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
    await requireDevice('cpu');
    const error = await requireDevice('cuda').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as Error).message).toMatch(
      /^the device cuda must be there, and it is not: .*; there are: cpu, .*wasm$/,
    );
  });

  it('that end the process which tries them are refused too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'moodlens-devices-'));
    writeFileSync(join(folder, 'crash.cjs'), "process.kill(process.pid, 'SIGSEGV');");
    vi.stubEnv('NODE_OPTIONS', `--require=${join(folder, 'crash.cjs')}`);
    await expect(requireDevice('cpu')).rejects.toThrow(
      'its driver ended the process that tried it (SIGSEGV); there are: none',
    );
    rmSync(folder, { recursive: true });
  });

  const softwareGpu = requireSoftwareGpu();
  itWith(softwareGpu, 'have WebGPU where there is an adapter', async () => {
    vi.stubEnv('VK_ICD_FILENAMES', softwareGpu.path);
    expect(await availableDevices()).toContain('webgpu');
  });
});
