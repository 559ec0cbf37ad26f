// A comparison of two models as text for a terminal.
import { points } from '../../../core/numbers/percent.js';
import type { ModelComparison } from '../compare-models.js';
import { describeSeen, describeShare } from './describe-evaluation.js';

/** Several lines, ending with a line end. */
export function describeComparison(comparison: ModelComparison): string {
  const { name, accuracy, accuracyInterval: interval, n, both, neither } = comparison;
  const seen = describeSeen(comparison);
  return [
    `beside ${name}: accuracy ${describeShare({ accuracy, interval, n })}`,
    ...(seen === undefined ? [] : [`  ${seen}`]),
    `  ${describeDifference(comparison)}`,
    `  right: both ${both}, only this model ${comparison.onlyFirst}, only the other ${comparison.onlySecond}, neither ${neither}`,
    '',
  ].join('\n');
}

/** The difference with its interval and McNemar's test, in a sentence without its full stop. */
export function describeDifference({ difference, interval, p }: ModelComparison): string {
  const verdict = p < 0.05 ? 'more than chance' : 'these samples cannot tell the two apart';
  return `difference ${points(difference)} points (95 % interval ${points(interval[0])} to ${points(interval[1])}), McNemar's test p = ${describeP(p)}: ${verdict}`;
}

function describeP(p: number): string {
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}
