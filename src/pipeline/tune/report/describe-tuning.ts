// The state of a search in a line.
import { percent } from '../../../core/numbers/percent.js';
import { isBetter } from '../../../core/tuning/journal/frozen-trial.js';
import type { Study } from '../../../core/tuning/study.js';

/** `best 52.31 % (trial 4), 2 run: 11 at epoch 3 with 41.90 %, 12`. */
export function describeTuning(
  { trials, direction }: Pick<Study, 'trials' | 'direction'>,
  objective: 'accuracy' | 'loss',
): string {
  const shown = (value: number) => (objective === 'accuracy' ? percent(value, { digits: 2 }) : value.toFixed(4));
  const complete = trials.filter(({ state, value }) => state === 'complete' && value !== null);
  const best = complete.reduce<(typeof complete)[number] | undefined>(
    (one, other) => (one && !isBetter(direction, other.value!, one.value!) ? one : other),
    undefined,
  );
  const running = trials.filter(({ state }) => state === 'running');
  const each = running.map(({ number, intermediateValues }) => {
    const last = [...intermediateValues].at(-1);
    return last ? `${number} at epoch ${last[0]} with ${shown(last[1])}` : String(number);
  });
  const parts = [
    best ? `best ${shown(best.value!)} (trial ${best.number})` : 'no trial complete yet',
    ...(each.length > 0 ? [`${each.length} ${each.length === 1 ? 'runs' : 'run'}: ${each.join(', ')}`] : []),
  ];
  return parts.join(', ');
}
