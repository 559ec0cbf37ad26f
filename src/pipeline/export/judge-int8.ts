// Whether an int8 form is worth keeping beside the float model, by a rule that is stated before it is measured.
import type { Quantisation } from '../quantise/quantise.js';

/** The rule. */
export const int8Rule = {
  /** The 95 % interval of the accuracy that it loses must end below this: one point. */
  loss: 0.01,
  /** In each runtime one picture must take at most this share of the float model's time. */
  time: 0.9,
} as const;

/** The time of one picture in a runtime, milliseconds. */
export interface RuntimeTimes {
  readonly runtime: string;
  readonly floatMs: number;
  readonly int8Ms: number;
}

export interface Int8Verdict {
  readonly kept: boolean;
  /** What it fails by; empty when it is kept. */
  readonly reasons: readonly string[];
}

/** The rule in words. */
export const int8RuleText = `kept when the 95 % interval of the accuracy it loses ends below ${100 * int8Rule.loss} point, and one picture takes at most ${100 * int8Rule.time} % of the float model's time in every runtime measured`;

export function judgeInt8({ loss }: Pick<Quantisation, 'loss'>, times: readonly RuntimeTimes[]): Int8Verdict {
  const reasons = times
    .filter(({ floatMs, int8Ms }) => !(int8Ms <= int8Rule.time * floatMs))
    .map(
      ({ runtime, floatMs, int8Ms }) =>
        `in ${runtime} a picture takes ${percent(int8Ms / floatMs)} % of the float model's time`,
    );
  const [, most] = loss.interval;
  if (!(most < int8Rule.loss)) reasons.unshift(`it may lose ${(100 * most).toFixed(2)} points of accuracy`);
  return { kept: reasons.length === 0, reasons };
}

const percent = (share: number): string => (100 * share).toFixed(0);
