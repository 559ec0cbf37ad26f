// The window against a naive rewriting of the rule that recounts everything every time.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expressionLabels } from '../dataset/labels.js';
import { ConfirmationWindow, ConfirmationWindows } from './confirmation-window.js';

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

it('keeps owners apart whatever the order they come in', () => {
  const event = fc.record({
    person: fc.option(fc.constantFrom('Ada', 'Bo'), { nil: null }),
    track: fc.integer({ min: 1, max: 3 }),
    label: fc.constantFrom('happy', 'sad'),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 150 }), (events) => {
      const windows = new ConfirmationWindows();
      const logs = new Map<string, { labels: string[]; track: number }>();
      for (const [i, { person, track, label, ends }] of events.entries()) {
        const key = person === null ? `track ${track}` : `person ${person}`;
        const log = logs.get(key) ?? { labels: [], track };
        log.labels.push(label);
        log.track = track;
        logs.set(key, log);
        expect(windows.push({ person, track }, label)).toBe(oracle(log.labels));
        if (ends && i % 20 === 19) {
          windows.endTrack(track);
          for (const [other, { track: last }] of logs) if (last === track) logs.delete(other);
        }
        expect(windows.count).toBe(logs.size);
      }
    }),
  );
});
