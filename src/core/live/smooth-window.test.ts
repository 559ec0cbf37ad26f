// The smooth window by example: delays that can be computed by hand, hysteresis, gaps, bad options.
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { SmoothWindow } from './smooth-window.js';

const sure = (label: string, timeMs: number, probability = 1) => ({
  label,
  probabilities: { neutral: 0, sad: 0, happy: 0, [label]: probability },
  timeMs,
});

/** Pushes the same frame every millisecond until the label is confirmed; the time that took. */
function delayMs(window: SmoothWindow, label: string, fromMs: number, probability = 1): number {
  for (let ms = 0; ms < 10_000; ms++) if (window.push(sure(label, fromMs + ms, probability)) === label) return ms;
  return Infinity;
}

describe('SmoothWindow', () => {
  it('takes the time that the exponential average needs to gain the margin', () => {
    const window = new SmoothWindow();
    // From nothing: 1 - e^(-t / 500) >= 0.15.
    expect(delayMs(window, 'sad', 0)).toBe(Math.ceil(-500 * Math.log(1 - 0.15)));
    for (let ms = 100; ms < 10_000; ms++) window.push(sure('sad', ms));
    // From a settled sad: (1 - x) - x >= 0.15 with x = e^(-t / 500); the first frame counts too.
    expect(delayMs(window, 'happy', 10_000)).toBe(Math.ceil(-500 * Math.log(0.85 / 2)) - 1);
  });

  it('confirms a face sooner that the model is surer of', () => {
    const delays = [1, 0.7, 0.4, 0.2].map((probability) => delayMs(new SmoothWindow(), 'happy', 0, probability));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(new Set(delays).size).toBe(4);
    expect(delayMs(new SmoothWindow(), 'happy', 0, 0.14)).toBe(Infinity);
  });

  it('keeps what is confirmed while another label leads by less than the margin', () => {
    const window = new SmoothWindow();
    for (let ms = 0; ms < 3000; ms += 10) window.push(sure('sad', ms));
    for (let ms = 3000; ms < 9000; ms += 10) {
      const probabilities = { neutral: 0.05, sad: 0.42, happy: 0.53 };
      expect(window.push({ label: 'happy', probabilities, timeMs: ms })).toBe('sad');
    }
  });

  it('goes on after a gap, of which it counts no more than the longest step', () => {
    const window = new SmoothWindow({ longestStepMs: 200 });
    for (let ms = 0; ms < 3000; ms += 10) window.push(sure('sad', ms));
    expect(window.push(sure('happy', 60_000))).toBe('sad');
    expect(window.averages.get('happy')).toBeCloseTo(1 - Math.exp(-200 / 500), 9);
  });

  it('begins with the fallback and refuses unusable options', () => {
    expect(new SmoothWindow().confirmed).toBe('neutral');
    expect(new SmoothWindow({ fallback: '-' }).push(sure('happy', 0))).toBe('-');
    for (const options of [
      { timeConstantMs: 0 },
      { timeConstantMs: Number.NaN },
      { longestStepMs: -1 },
      { longestStepMs: Infinity },
      { margin: 1 },
      { margin: -0.1 },
      { margin: Number.NaN },
    ]) {
      expect(() => new SmoothWindow(options)).toThrow(ConfigError);
    }
  });
});
