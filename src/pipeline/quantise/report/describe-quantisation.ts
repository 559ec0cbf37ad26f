// The int8 form of a model beside the model itself, as text for a terminal.
import { percent } from '../../../core/numbers/percent.js';
import type { FormFigures, Quantisation } from '../quantise.js';

/** Several lines, ending with a line end. `file`: the int8 model. */
export function describeQuantisation(
  file: string,
  { split, float, int8, agreement, latencyRatio }: Quantisation,
): string {
  return [
    `${file}, beside the float model on ${split}, n = ${float.n}:`,
    formLine('float', float),
    formLine('int8', int8),
    `  the same class for ${percent(agreement, { digits: 2 })} of the pictures; ${latencyRatio.toFixed(2)} of the time, ${(int8.bytes / float.bytes).toFixed(2)} of the size`,
    '',
  ].join('\n');
}

function formLine(name: string, { accuracy, interval: [low, high], nll, bytes, latencyMs }: FormFigures): string {
  const interval = `${percent(low, { digits: 2, unit: false })}-${percent(high, { digits: 2 })}`;
  return `  ${name.padEnd(6)} accuracy ${percent(accuracy, { digits: 2 })} (95 % interval ${interval})   log loss ${nll.toFixed(4)}   ${(bytes / 1e6).toFixed(2)} MB   ${latencyMs.toFixed(2)} ms a picture`;
}
