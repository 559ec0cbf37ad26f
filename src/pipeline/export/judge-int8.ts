// Decides whether to keep an int8 form beside the float model, by a fixed rule.
import { percent } from '../../core/numbers/percent.js';
import type { Quantisation } from '../quantise/quantise.js';

/** The rule. */
export const int8Rule = {
  /** Upper limit of the 95 % interval of the accuracy loss: one point. */
  loss: 0.01,
  /** Largest share of the float model's time for one picture, in each runtime. */
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
  /** The conditions that fail; empty when it is kept. */
  readonly reasons: readonly string[];
}

/** The rule in words. */
export const int8RuleText = `kept when the 95 % interval of the accuracy loss ends below ${100 * int8Rule.loss} point, and one picture takes at most ${100 * int8Rule.time} % of the float model's time in every runtime measured`;

export function judgeInt8({ loss }: Pick<Quantisation, 'loss'>, times: readonly RuntimeTimes[]): Int8Verdict {
  const reasons = times
    .filter(({ floatMs, int8Ms }) => !(int8Ms <= int8Rule.time * floatMs))
    .map(
      ({ runtime, floatMs, int8Ms }) =>
        `in ${runtime} a picture takes ${percent(int8Ms / floatMs, { digits: 0 })} of the float model's time`,
    );
  const [, most] = loss.interval;
  if (!(most < int8Rule.loss))
    reasons.unshift(`it may lose ${percent(most, { digits: 2, unit: false })} points of accuracy`);
  return { kept: reasons.length === 0, reasons };
}
