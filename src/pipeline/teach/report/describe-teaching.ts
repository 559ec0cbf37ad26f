// What teaching brought, in text.
import { percent } from '../../../core/numbers/percent.js';
import type { CalibrationJudgement } from '../../../core/personal/judge-calibration.js';
import type { ReadTaught } from '../teach.js';

/** Several lines, ending with a line end. */
export function describeTeaching(
  { pictures, leftOut }: ReadTaught,
  { n, before, after, alike, contradicting }: CalibrationJudgement,
  labels: readonly string[],
): string {
  const whole = (share: number) => percent(share, { digits: 0 });
  const shown = (rate: typeof before) =>
    `${whole(rate!.share)} (95 % interval ${rate!.interval.map(whole).join(' to ')})`;
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
      : `each picture read by what the others teach (n = ${n}): ${shown(before)} right before, ${shown(after)} after`,
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
