// Where points, intervals and the reference lie in a chart of intervals.
import { describe, expect, it } from 'vitest';
import { chartColours, seriesStyle } from './chart-theme.js';
import { drawIntervalChart, type ShareWithInterval } from './interval-chart.js';

const share = (value: number, low: number, high: number): ShareWithInterval => ({
  share: value,
  interval: [low, high],
});

/** Ends of the straight lines of a colour, `[x1, y1, x2, y2]`. */
function linesOf(svg: string, colour: string): number[][] {
  const paths = [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"([^>]*)>/g)];
  return paths.filter((path) => path[5]!.includes(`stroke="${colour}"`)).map((path) => path.slice(1, 5).map(Number));
}

const chart = drawIntervalChart({
  categories: ['a', 'b'],
  series: [
    [share(0.6133, 0.5, 0.7), share(0.4, 0.3, 0.6133)],
    [share(0.5, 0.42, 0.58), share(0.9, 0.8, 1)],
  ],
  axis: 'share',
  reference: 0.6133,
});

describe.each(['light', 'dark'] as const)('drawIntervalChart in %s', (mode) => {
  const flat = (series: number) =>
    linesOf(chart[mode], seriesStyle(mode, series).colour).filter(([, y1, , y2]) => y1 === y2);
  // The axis reaches from 30 to 100 %: `x` of a share, from two ends that are known.
  const [first, second] = [flat(0), flat(1)];
  const [left, right] = [first[1]![0]!, second[1]![2]!];
  const x = (value: number) => left + ((value - 0.3) / 0.7) * (right - left);

  it('draws each interval from its low to its high end', () => {
    const ends = [...first, ...second].map(([x1, , x2]) => [x1, x2]);
    const expected = [
      [0.5, 0.7],
      [0.3, 0.6133],
      [0.42, 0.58],
      [0.8, 1],
    ];
    ends.flat().forEach((end, i) => {
      expect(end).toBeCloseTo(x(expected.flat()[i]!), 0);
    });
  });

  it('puts the series of a row below each other, and rows apart', () => {
    const [a1, b1] = first.map(([, y]) => y!);
    const [a2, b2] = second.map(([, y]) => y!);
    expect(a2! - a1!).toBe(16);
    expect(b2! - b1!).toBe(16);
    expect(b1! - a2!).toBeGreaterThan(16);
  });

  it('draws the reference where it is, not at the nearest percent', () => {
    const upright = linesOf(chart[mode], chartColours[mode].text).filter(([x1, , x2]) => x1 === x2);
    expect(upright).toHaveLength(1);
    expect(Math.abs(upright[0]![0]! - x(0.6133))).toBeLessThan(1);
    expect(Math.abs(x(0.6133) - x(0.61))).toBeGreaterThan(2);
  });
});
