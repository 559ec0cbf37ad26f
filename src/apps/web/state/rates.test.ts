import { describe, expect, it } from 'vitest';
import { Rates } from './rates.js';

describe('Rates', () => {
  it('counts frames a second over the last two seconds', () => {
    const rates = new Rates();
    for (let frame = 0; frame < 300; frame++) rates.add((frame * 1000) / 30, 20);
    expect(rates.framesPerSecond(10_000)).toBeCloseTo(30, 5);
    expect(rates.framesPerSecond(20_000)).toBe(0);
  });

  it('gives percentiles of the newest 120 latencies by nearest rank', () => {
    const rates = new Rates();
    for (let frame = 0; frame < 50; frame++) rates.add(frame, 1000);
    for (let frame = 1; frame <= 120; frame++) rates.add(100 + frame, frame);
    expect(rates.latencyMs(0.5)).toBe(60);
    expect(rates.latencyMs(0.95)).toBe(114);
  });

  it('is 0 before the first frame and after a clear', () => {
    const rates = new Rates();
    expect([rates.framesPerSecond(0), rates.latencyMs(0.5)]).toEqual([0, 0]);
    rates.add(1, 5);
    rates.add(2, 5);
    rates.clear();
    expect([rates.framesPerSecond(2), rates.latencyMs(0.5)]).toEqual([0, 0]);
  });
});
