// Which pictures a contact sheet shows: a row of a large finding with its different ones, and whole findings while they fit.
import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../../../tests/fixtures/small-dataset.js';
import type { Problem } from '../problems.js';
import { problemSheet } from './problem-sheet.js';

/** Each of its own brightness, which no colour of a sheet has in all three channels. */
const dataset = smallDataset(
  Array.from({ length: 120 }, (_, i) => ({ label: i === 18 ? 5 : 3, split: i === 19 ? 1 : 0, pixels: 100 + i })),
);

function sheetOf(...groups: readonly (readonly number[])[]) {
  const findings = groups.map((samples) => ({ samples: samples.map((sample) => ({ sample, notes: ['a note'] })) }));
  const problem: Problem = {
    ...{ kind: 'near-duplicates', title: '', meaning: '', frames: [[0, 0, 80]], findings },
  };
  const sheet = problemSheet(dataset, problem);
  const found = new Set<number>();
  const { data = new Uint8Array() } = sheet?.picture ?? {};
  for (let p = 0; p < data.length; p += 4) {
    const [red, green, blue] = data.subarray(p, p + 3);
    if (red === green && green === blue && red! >= 100 && red! < 220) found.add(red! - 100);
  }
  return { shown: sheet?.shown, samples: [...found].sort((a, b) => a - b) };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('problemSheet', () => {
  it('shows a row of a large finding, with those of another split or label', () => {
    expect(sheetOf(range(0, 20))).toEqual({ shown: 7, samples: [0, 1, 2, 3, 4, 18, 19] });
  });

  it('shows findings while they fit, each once', () => {
    const groups = range(0, 40).map((i) => [3 * i, 3 * i + 1, 3 * i + 2]);
    expect(sheetOf(...groups)).toEqual({ shown: 84, samples: range(0, 84) });
  });

  it('is none when nothing was found', () => {
    expect(sheetOf()).toEqual({ shown: undefined, samples: [] });
  });
});
