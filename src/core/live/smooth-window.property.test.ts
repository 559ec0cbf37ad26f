// The laws of the smooth window: the same answer at every frame rate, no outlier believed, no label favoured.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expressionLabels } from '../dataset/labels.js';
import { type LabelSample, SmoothWindow } from './smooth-window.js';

const labels = [...expressionLabels];

/** A face that holds one expression for a while: the winner's probability, and shares for what is left. */
const stretch = fc.record({
  winner: fc.nat(labels.length - 1),
  probability: fc.double({ min: 0.6, max: 1, noNaN: true }),
  shares: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
  lengthMs: fc.integer({ min: 3000, max: 6000 }),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

function sampleOf({ winner, probability, shares }: Stretch, timeMs: number): LabelSample {
  const rest = shares.reduce((sum, share, c) => sum + (c === winner ? 0 : share), 0);
  const probabilities = Object.fromEntries(
    labels.map((label, c) => [label, c === winner ? probability : ((1 - probability) * shares[c]!) / rest]),
  );
  return { label: labels[winner]!, probabilities, timeMs };
}

/** What the signal says at a time; after its end, nothing. */
function at(signal: readonly Stretch[], timeMs: number): LabelSample | undefined {
  let endMs = 0;
  for (const one of signal) {
    endMs += one.lengthMs;
    if (timeMs < endMs) return sampleOf(one, timeMs);
  }
  return undefined;
}

/** When which label was confirmed, in frames that come after these waits, over and over, the first at 0. */
function switches(signal: readonly Stretch[], waitsMs: readonly number[]) {
  const window = new SmoothWindow();
  const found: { label: string; timeMs: number }[] = [];
  let confirmed = window.confirmed;
  let timeMs = 0;
  for (let i = 0; ; i++) {
    const sample = at(signal, timeMs);
    if (!sample) return found;
    const now = window.push(sample);
    if (now !== confirmed) found.push({ label: now, timeMs });
    confirmed = now;
    timeMs += waitsMs[i % waitsMs.length]!;
  }
}

describe('SmoothWindow', () => {
  const fine = 2;
  const signals = fc.array(stretch, { minLength: 1, maxLength: 4 });

  it('confirms the same labels within one frame at 5, 15, 30 and 60 frames a second', () => {
    fc.assert(
      fc.property(signals, fc.constantFrom(5, 15, 30, 60), (signal, framesPerSecond) => {
        expectSameSwitches(signal, [1000 / framesPerSecond]);
      }),
    );
  });

  it('confirms the same labels within one frame when frames come unevenly', () => {
    const waits = fc.array(fc.integer({ min: 5, max: 200 }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(signals, waits, expectSameSwitches));
  });

  function expectSameSwitches(signal: readonly Stretch[], waitsMs: readonly number[]): void {
    const expected = switches(signal, [fine]);
    const found = switches(signal, waitsMs);
    expect(found.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    found.forEach(({ timeMs }, i) => {
      expect(Math.abs(timeMs - expected[i]!.timeMs)).toBeLessThanOrEqual(Math.max(...waitsMs) + fine);
    });
  }

  it('does not flip for one frame that says something else, however surely and at whatever rate', () => {
    const rate = fc.integer({ min: 1, max: 120 });
    fc.assert(
      fc.property(stretch, stretch, rate, fc.nat(200), (calm, outlier, fps, position) => {
        const window = new SmoothWindow({ fallback: labels[calm.winner]! });
        for (let i = 0; i < 200; i++) {
          const sample = sampleOf(i === position ? outlier : calm, (i * 1000) / fps);
          expect(window.push(sample)).toBe(labels[calm.winner]);
        }
      }),
    );
  });

  it('treats all labels alike: other names give the other names', () => {
    const frames = fc.array(fc.tuple(stretch, fc.integer({ min: 0, max: 400 })), { maxLength: 60 });
    const order = fc.shuffledSubarray(labels, { minLength: labels.length });
    fc.assert(
      fc.property(frames, order, (steps, renamed) => {
        const name = (label: string) => renamed[labels.indexOf(label as (typeof labels)[number])]!;
        const one = new SmoothWindow({ fallback: 'neutral' });
        const other = new SmoothWindow({ fallback: name('neutral') });
        let timeMs = 0;
        for (const [step, waitMs] of steps) {
          timeMs += waitMs;
          const { label, probabilities } = sampleOf(step, timeMs);
          // Named otherwise and listed in another order.
          const entries = Object.entries(probabilities).map(([key, value]) => [name(key), value] as const);
          entries.sort((a, b) => (a[0] < b[0] ? -1 : 1));
          const shown = one.push({ label, probabilities, timeMs });
          expect(other.push({ label: name(label), probabilities: Object.fromEntries(entries), timeMs })).toBe(
            name(shown),
          );
        }
      }),
    );
  });

  it('only ever confirms what a frame said or the fallback, and its averages stay probabilities', () => {
    const time = fc.oneof(fc.integer({ min: -1000, max: 5000 }), fc.constantFrom(Number.NaN, Infinity, -Infinity));
    fc.assert(
      fc.property(fc.array(fc.tuple(stretch, time), { maxLength: 80 }), (frames) => {
        const window = new SmoothWindow({ fallback: 'none' });
        const said = new Set(['none']);
        for (const [frame, timeMs] of frames) {
          const sample = sampleOf(frame, timeMs);
          said.add(sample.label);
          expect(said).toContain(window.push(sample));
          const averages = [...window.averages.values()];
          expect(averages.every((value) => value >= 0 && value <= 1)).toBe(true);
          expect(averages.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });
});
