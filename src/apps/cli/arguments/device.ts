// The device of --device, when it is there.

import { type DeviceName, deviceNames } from '../../../adapters/node/session.js';
import { requireDevice } from '../../../adapters/node/training/devices.js';
import { ConfigError } from '../../../core/errors.js';

/** Throws ConfigError for a name that is none, and DeviceError when the device is not there. */
export async function chooseDevice(name: string): Promise<DeviceName> {
  const known = deviceNames.find((other) => other === name);
  if (known === undefined) {
    throw new ConfigError(
      `--device must be one of ${deviceNames.join(', ')}, and is '${name}'; 'moodlens train --list-devices' tells which are there`,
    );
  }
  if (known !== 'cpu') await requireDevice(known);
  return known;
}
