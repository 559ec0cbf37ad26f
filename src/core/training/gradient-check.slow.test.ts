// Training on WebGPU beside the CPU, by Chromium's software GPU.
import { afterAll, beforeAll, vi } from 'vitest';
import { comparesWithCpu } from '../../../tests/fixtures/device-comparison.js';
import { describeWith, requireSoftwareGpu } from '../../../tests/requirements.js';

const softwareGpu = requireSoftwareGpu();
describeWith(softwareGpu, 'on WebGPU', () => {
  beforeAll(() => vi.stubEnv('VK_ICD_FILENAMES', softwareGpu.path));
  afterAll(() => vi.unstubAllEnvs());
  comparesWithCpu('webgpu');
});
