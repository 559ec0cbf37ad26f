// A model's answer for one face, in words, as the person taught it where somebody did.
import { largest } from '../personal/personal-calibration.js';
import type { ExpressionAnswer, PersonalReading } from './pipeline-parts.js';

export interface ReadExpression {
  /** The most probable one's name. */
  readonly label: string;
  /** By name, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** The expression and probabilities of a face; `own` is the calibration of the person it is, where there is one. */
export function readExpression(
  { label, probabilities, embedding }: ExpressionAnswer,
  labels: readonly string[],
  own: PersonalReading | undefined,
): ReadExpression {
  const adapted = own && embedding ? own.adapt(probabilities, embedding) : probabilities;
  return {
    label: labels[adapted === probabilities ? label : largest(adapted)]!,
    probabilities: Object.fromEntries(labels.map((name, c) => [name, adapted[c]!])),
  };
}
