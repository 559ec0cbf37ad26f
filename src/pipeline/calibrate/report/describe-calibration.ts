// A fitted temperature as text for a terminal.
import type { Calibration } from '../calibrate.js';

/** Several lines, ending with a line end. `file`: the calibrated model. */
export function describeCalibration(file: string, { value, before, split, n, nll, ece }: Calibration): string {
  const change = (name: string, figure: Calibration['nll']) =>
    `${name} ${figure.before.toFixed(4)} before, ${figure.after.toFixed(4)} after`;
  return [
    `${file}: temperature ${value.toFixed(3)}${before === 1 ? '' : ` (${before.toFixed(3)} before)`}, fitted on ${split}, n = ${n}`,
    `  ${change('log loss', nll)}`,
    `  ${change('calibration error', ece)}, on the rows that it was fitted on`,
    '',
  ].join('\n');
}
