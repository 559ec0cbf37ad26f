// `--device`: where training computes.
import { Option } from 'commander';
import { type DeviceName, deviceNames } from '../../../adapters/node/session.js';
import { requireDevice } from '../../../adapters/node/training/devices.js';
import { ConfigError } from '../../../core/errors.js';

/** `byDefault`: the words of the help. `chooseDevice` checks the name. */
export function deviceOption(byDefault: string): Option {
  return new Option('--device <name>', `where to train: ${deviceNames.join(', ')} (default: ${byDefault})`);
}

/** Throws ConfigError for a name that is none, and DeviceError when the device is not there. */
export async function chooseDevice(name: string): Promise<DeviceName> {
  const known = deviceNames.find((other) => other === name);
  if (known === undefined) {
    throw new ConfigError(
      `--device must be one of ${deviceNames.join(', ')}, and is '${name}'; 'moodlens train --list-devices' shows which can be used`,
    );
  }
  if (known !== 'cpu') await requireDevice(known);
  return known;
}
