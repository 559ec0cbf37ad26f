// What teaching brought, in text.
import type { CalibrationJudgement } from '../../core/personal/judge-calibration.js';
import type { ReadTaught } from './teach.js';

/** Several lines, ending with a line end. */
export function describeTeaching(
  { pictures, leftOut }: ReadTaught,
  { n, before, after, alike, contradicting }: CalibrationJudgement,
  labels: readonly string[],
): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const told = (rate: typeof before) =>
    `${percent(rate!.share)} (95 % interval ${rate!.interval.map(percent).join(' to ')})`;
  const counts = labels.flatMap((label) => {
    const count = pictures.filter(({ expression }) => expression === label).length;
    return count > 0 ? [`${label} ${count}`] : [];
  });
  const missing = labels.filter((label) => pictures.every(({ expression }) => expression !== label));
  return [
    `taught: ${counts.join(', ')}`,
    ...(missing.length > 0
      ? [`not taught, left to the general model unless it contradicts the pictures: ${missing.join(', ')}`]
      : []),
    n === 0
      ? 'how much it helps cannot be told from one picture a class: give a second one'
      : `each picture read by what the others teach (n = ${n}): ${told(before)} right before, ${told(after)} after`,
    ...(n === 0 ? [] : ['pictures of one sitting are alike: on other days it will be read less well than that']),
    ...alike.map(({ labels: [one, other] }) => `hard to tell apart: ${labels[one]} and ${labels[other]}`),
    ...contradicting.map(
      ({ example, nearer }) =>
        `picture ${example + 1} (${pictures[example]!.expression}) is nearer to ${labels[nearer]}`,
    ),
    ...leftOut.map(({ file, reason }) => `left out: ${file}: ${reason}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
