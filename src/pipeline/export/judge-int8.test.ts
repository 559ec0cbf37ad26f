// The rule by which an int8 form is kept.
import { expect, test } from 'vitest';
import { judgeInt8 } from './judge-int8.js';

const times = (node: number, web: number) => [
  { runtime: 'Node', floatMs: 2, int8Ms: 2 * node },
  { runtime: 'the web runtime', floatMs: 10, int8Ms: 10 * web },
];
const loss = (difference: number, high: number) => ({ loss: { difference, interval: [-high, high] as const } });

test.each([
  [loss(0.001, 0.005), times(0.5, 0.8), []],
  [loss(-0.01, -0.001), times(0.9, 0.9), []],
  [loss(0.001, 0.01), times(0.5, 0.5), [/it may lose 1\.00 points/]],
  [loss(0.001, 0.005), times(0.5, 1.3), [/in the web runtime a picture takes 130 %/]],
  [loss(0.02, 0.03), times(0.95, Number.NaN), [/3\.00 points/, /in Node a picture takes 95 %/, /the web runtime/]],
])('judges %j', (figures, measured, says) => {
  const { kept, reasons } = judgeInt8(figures, measured);
  expect(kept).toBe(says.length === 0);
  expect(reasons).toHaveLength(says.length);
  says.forEach((pattern, i) => {
    expect(reasons[i]).toMatch(pattern);
  });
});
