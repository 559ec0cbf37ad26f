// Figures as text: a share never without its interval and its n.
import { percent } from '../../../core/numbers/percent.js';

export type Interval = readonly [low: number, high: number];

/** `67.0 to 70.0 %`. */
export function interval([low, high]: Interval): string {
  return `${percent(low, { unit: false })} to ${percent(high)}`;
}

/** `68.5 % (95 % interval 67.0 to 70.0 %, n = 3,589)`. */
export function shareWithInterval(share: number, of: Interval, n: number): string {
  return `${percent(share)} (95 % interval ${interval(of)}, n = ${whole(n)})`;
}

/** `3,589`. */
export function whole(count: number): string {
  return count.toLocaleString('en');
}

/** `3 pictures`, `1 picture`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}
