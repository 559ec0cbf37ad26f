// What `moodlens train --list-devices` prints.
import { probeDevices } from '../../../../adapters/node/training/devices.js';

/** Tries every device and prints whether it can train here, as lines or as JSON. */
export async function listDevices(json: boolean): Promise<void> {
  const probes = await probeDevices();
  if (json) {
    const devices = probes.map(({ device, problem }) => ({ device, isThere: problem === undefined, problem }));
    process.stdout.write(`${JSON.stringify(devices)}\n`);
    return;
  }
  const width = Math.max(...probes.map(({ device }) => device.length));
  for (const { device, problem } of probes) {
    process.stdout.write(`${device.padEnd(width)}  ${problem === undefined ? 'there' : `not there: ${problem}`}\n`);
  }
}
