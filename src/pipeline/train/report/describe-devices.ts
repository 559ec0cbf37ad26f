export interface TriedDevice {
  readonly device: string;
  /** Why it cannot be used; undefined when it can. */
  readonly problem: string | undefined;
}

/** A line for each device; ends with a line end. */
export function describeDevices(devices: readonly TriedDevice[]): string {
  const width = Math.max(...devices.map(({ device }) => device.length));
  return devices
    .map(
      ({ device, problem }) =>
        `${device.padEnd(width)}  ${problem === undefined ? 'there' : `not there: ${problem}`}\n`,
    )
    .join('');
}
