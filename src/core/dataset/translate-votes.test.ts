import { describe, expect, test } from 'vitest';
import { DatasetError } from '../errors.js';
import { createRandom } from '../numbers/random.js';
import { ferplusClasses, readFerplusCsv } from './ferplus-csv.js';
import { translateVotes } from './translate-votes.js';

const header = `Usage,Image name,${ferplusClasses.join(',')}`;

describe("FER+'s file", () => {
  test('gives the votes by row, and rows without a name count too', () => {
    const { rows, votes } = readFerplusCsv(
      `${header}\r\nTraining,fer0.png,4,0,0,1,3,2,0,0,0,0\nPublicTest,,0,0,0,0,0,0,0,0,0,10\n`,
    );
    expect(rows).toBe(2);
    expect([...votes.subarray(0, 10)]).toEqual([4, 0, 0, 1, 3, 2, 0, 0, 0, 0]);
    expect(votes[19]).toBe(10);
  });

  test.each([
    ['', /must be FER\+'s/],
    ['emotion,pixels,Usage\n0,1 2,Training', /must be FER\+'s/],
    [`${header}\nTraining,a,1,2,3`, /line 2 of the votes must hold 10 counts/],
    [`${header}\nTraining,a,1,2,3,4,5,6,7,8,9,x`, /line 2 .*download/],
    [`${header}\nTraining,a,1,2,3,4,5,6,7,8,9,-1`, /line 2/],
  ])('another file is an error that says so: %j', (text, message) => {
    expect(() => readFerplusCsv(text)).toThrow(message);
    expect(() => readFerplusCsv(text)).toThrow(DatasetError);
  });
});

describe('votes translated to labels', () => {
  // Two kinds of votes; label 1 is called kind 0, and of the mixed rows three in four are label 0.
  const random = createRandom(2);
  const count = 800;
  const kindOf = Int32Array.from({ length: count }, () => random.integer(3));
  const votes = Float32Array.from(
    [...kindOf].flatMap(
      (kind) =>
        [
          [10, 0],
          [0, 10],
          [5, 5],
        ][kind]!,
    ),
  );
  const classes = Uint8Array.from(kindOf, (kind) => (kind === 2 ? (random.next() < 0.75 ? 0 : 1) : 1 - kind));
  const training = Int32Array.from({ length: count / 2 }, (_, i) => i);
  const translated = translateVotes({ votes, kinds: 2, classes, classCount: 2 }, training);

  test('follow what the training rows show, also for rows outside them', () => {
    const inMixed = training.filter((i) => kindOf[i] === 2);
    const share = inMixed.filter((i) => classes[i] === 0).length / inMixed.length;
    for (let i = 0; i < count; i++) {
      expect(translated[2 * i]! + translated[2 * i + 1]!).toBeCloseTo(1, 5);
      const expected = kindOf[i] === 2 ? share : kindOf[i] === 0 ? 0 : 1;
      expect(Math.abs(translated[2 * i]! - expected)).toBeLessThan(0.05);
    }
  });

  test('the labels of rows outside the training rows are not looked at', () => {
    const others = classes.map((label, i) => (i < count / 2 ? label : 1 - label));
    expect(translateVotes({ votes, kinds: 2, classes: others, classCount: 2 }, training)).toEqual(translated);
  });

  test('votes for fewer samples are refused', () => {
    expect(() => translateVotes({ votes: votes.slice(2), kinds: 2, classes, classCount: 2 }, training)).toThrow(
      DatasetError,
    );
  });
});
