import { describe, expect, it } from 'vitest';
import { chartColours, chartModes, seriesStyle } from './chart-theme.js';

type Rgb = readonly [number, number, number];

// Machado, Oliveira & Fernandes 2009, severity 1; rows of a matrix on linear RGB.
const visions: Record<string, readonly Rgb[]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
}

function seen(rows: readonly Rgb[], colour: Rgb): Rgb {
  return rows.map((row) =>
    Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2])),
  ) as unknown as Rgb;
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2: 1..21. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** CIE 1976 L*a*b* of a linear colour, white D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(luminance([r, g, b]));
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe.each(chartModes)('the colours in %s', (mode) => {
  const { ground, text, soft, series } = chartColours[mode];

  it('are readable on their ground', () => {
    expect(contrast(text, ground)).toBeGreaterThan(7);
    expect(contrast(soft, ground)).toBeGreaterThan(4.5);
    for (const colour of series) expect(contrast(colour, ground), colour).toBeGreaterThan(3);
  });

  it.each(Object.entries(visions))('can be told apart with %s vision', (_, rows) => {
    const places = series.map((colour) => lab(seen(rows, linear(colour))));
    for (let i = 0; i < series.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [places[i]!, places[j]!];
        const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        expect(distance, `${series[i]} and ${series[j]}`).toBeGreaterThan(25);
      }
    }
  });

  it('and markers do not repeat for three dozen series', () => {
    const styles = Array.from({ length: 36 }, (_, i) => JSON.stringify(seriesStyle(mode, i)));
    expect(new Set(styles).size).toBe(36);
  });
});
