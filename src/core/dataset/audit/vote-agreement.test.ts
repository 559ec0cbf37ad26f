import { describe, expect, it } from 'vitest';
import { ferplusClasses } from '../ferplus-csv.js';
import { expressionLabels } from '../labels.js';
import { isAgainstVotes, judgeByVotes } from './vote-agreement.js';

// neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, not a face
const judge = (label: number, votes: readonly number[]) =>
  judgeByVotes({
    votes: Float32Array.from(votes),
    kinds: ferplusClasses,
    classes: [label],
    labels: expressionLabels,
  })[0]!;

describe('judgeByVotes', () => {
  it('gives the share of the votes for the label, whatever the order of the classes', () => {
    expect(judge(0, [4, 0, 0, 1, 3, 2, 0, 0, 0, 0])).toEqual({
      share: expect.closeTo(0.3, 6),
      majority: null,
      isNonFace: false,
    });
    expect(judge(3, [0, 9, 0, 0, 0, 0, 0, 0, 1, 0])).toMatchObject({ share: expect.closeTo(0.9, 6), majority: 3 });
  });

  it('is against the votes when most saw one other expression and nobody the label', () => {
    expect(isAgainstVotes(judge(0, [0, 9, 0, 0, 0, 0, 0, 1, 0, 0]))).toBe(true);
    expect(isAgainstVotes(judge(0, [0, 8, 0, 0, 1, 0, 0, 1, 0, 0]))).toBe(false);
    expect(isAgainstVotes(judge(0, [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe(false);
    expect(isAgainstVotes(judge(0, [0, 0, 0, 0, 0, 0, 0, 10, 0, 0]))).toBe(false);
  });

  it('knows what is no face, and says nothing where nobody voted', () => {
    expect(judge(0, [0, 0, 0, 0, 0, 0, 0, 0, 4, 6])).toEqual({ share: 0, majority: null, isNonFace: true });
    expect(judge(0, [0, 0, 0, 0, 0, 0, 0, 0, 5, 5]).isNonFace).toBe(false);
    expect(judge(0, new Array(10).fill(0))).toEqual({ share: null, majority: null, isNonFace: false });
  });
});
