import { expect, it } from 'vitest';
import { isEvaluationOf } from './is-evaluation-of.js';

it.each([
  ['the same file', { run: 'r', hash: 'a' }, true],
  ['another file of the same run', { run: 'r', hash: 'b' }, false],
  ['the same run, when no hash is told', { run: 'r', hash: null }, true],
  ['another run', { run: 's', hash: null }, false],
])('tells whose it is: %s', (_, evaluation, expected) => {
  expect(isEvaluationOf(evaluation, { run: 'r', hash: 'a' })).toBe(expected);
});
