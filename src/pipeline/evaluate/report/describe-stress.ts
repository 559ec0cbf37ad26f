// A stress test as text for a terminal: a row per stress, a column per strength, the change against clean beside each accuracy.
import { percent, points } from '../../../core/numbers/percent.js';
import type { StressEvaluation, StressFigures } from '../stress.js';

/** Several lines, ending with a line end. */
export function describeStress(evaluation: StressEvaluation): string {
  const { n, clean, stresses } = evaluation;
  const names = stresses.map(
    ({ name, unit, strengths }) => `${name}, ${unit}: ${strengths.map(({ strength }) => strength).join(', ')}`,
  );
  const first = Math.max(...names.map((name) => name.length));
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(first)}${cells.map((cell) => cell.padStart(13)).join('')}`.trimEnd();
  return `${[
    `stress test: accuracy on distorted pictures, % and against clean, points, n = ${n}`,
    row('', ['weak', 'medium', 'strong', 'mean']),
    ...stresses.map((stress, i) => row(names[i]!, cells(stress))),
    `clean               ${share(clean.accuracy, clean.interval)}`,
    `stressed, mean      ${share(evaluation.stressedMean, evaluation.stressedInterval)}`,
    `clean and stressed  ${share(evaluation.cleanAndStressedMean, evaluation.cleanAndStressedInterval)}`,
  ].join('\n')}\n`;
}

function cells({ strengths, mean, change }: StressFigures): string[] {
  return [...strengths, { accuracy: mean, change }].map(
    (figures) => `${percent(figures.accuracy, { unit: false })} ${points(figures.change).padStart(5)}`,
  );
}

function share(mean: number, [low, high]: readonly [number, number]): string {
  return `${percent(mean)} (95 % interval ${percent(low, { unit: false })}-${percent(high)})`;
}
