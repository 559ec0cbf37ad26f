// The window against a naive rewriting of the rule that recounts everything every time.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expressionLabels } from '../dataset/labels.js';
import { ConfirmationWindow } from './confirmation-window.js';

/** The study case's rule as written: the most common of the last 20, shown when its count is above ceil(20 * 0.6). */
function oracle(labels: readonly string[]): string {
  const last = labels.slice(-20);
  let answer = 'neutral';
  for (const label of expressionLabels) {
    if (last.filter((other) => other === label).length > Math.ceil(20 * 0.6)) answer = label;
  }
  return answer;
}

// Runs of equal labels, so that majorities come and go.
const stream = fc
  .array(fc.tuple(fc.constantFrom(...expressionLabels), fc.integer({ min: 1, max: 16 })), { maxLength: 20 })
  .map((runs) => runs.flatMap(([label, length]) => new Array<string>(length).fill(label)));

it('agrees with the naive rule at every frame', () => {
  fc.assert(
    fc.property(stream, (labels) => {
      const window = new ConfirmationWindow();
      labels.forEach((label, i) => {
        expect(window.push(label)).toBe(oracle(labels.slice(0, i + 1)));
      });
    }),
  );
});

it('agrees with a naive rule for any size and share, the oldest label winning among equals', () => {
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 9 }), (labels, size, tenths) => {
      const window = new ConfirmationWindow({ size, share: tenths / 10, fallback: '-' });
      labels.forEach((label, i) => {
        const last = labels.slice(Math.max(0, i + 1 - size), i + 1);
        const counted = last.map((one) => ({ one, count: last.filter((other) => other === one).length }));
        const most = Math.max(...counted.map(({ count }) => count));
        const expected = most * 10 > size * tenths ? counted.find(({ count }) => count === most)!.one : '-';
        expect(window.push(label)).toBe(expected);
      });
    }),
  );
});
