// What `moodlens train --list-devices` prints.

import { probeDevices } from '../../../../adapters/node/training/devices.js';
import { describeDevices } from '../../../../pipeline/train/report/describe-devices.js';

/** Tries every device and prints whether it can train here, as lines or as JSON. */
export async function listDevices(json: boolean): Promise<void> {
  const probes = await probeDevices();
  if (json) {
    const devices = probes.map(({ device, problem }) => ({ device, isThere: problem === undefined, problem }));
    process.stdout.write(`${JSON.stringify(devices)}\n`);
    return;
  }
  process.stdout.write(describeDevices(probes));
}
