import { describe, expect, it } from 'vitest';
import { classificationFigures } from '../../../core/metrics/classification-figures.js';
import { reliabilityBins } from '../../../core/metrics/reliability-bins.js';
import { readEvaluation } from './read-evaluation.js';

const labels = ['happy', 'sad'];
const truth = [0, 0, 1, 1];
const probabilities = [0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.3, 0.7];

function evaluation(changes: object = {}): string {
  const reliability = reliabilityBins({ truth, probabilities, classes: 2 });
  const figures = classificationFigures(truth, probabilities, labels);
  return JSON.stringify({ ...figures, reliability, labels, split: 'PublicTest', model: { run: 'r-1' }, ...changes });
}

describe('readEvaluation', () => {
  it('reads the figures, the matrix and the reliability bins', () => {
    const read = readEvaluation('e.json', evaluation({ seenInTraining: true }));
    expect(read).toMatchObject({
      file: 'e.json',
      split: 'PublicTest',
      run: 'r-1',
      hash: null,
      seenInTraining: true,
      labels,
    });
    const model = { run: 'r-1', hash: 'a1b2' };
    expect(readEvaluation('e.json', evaluation({ model })).hash).toBe('a1b2');
    expect(read.figures.confusionMatrix).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect(read.figures.accuracy).toBe(0.75);
    expect(read.reliability).toHaveLength(15);
  });

  it.each<[string, string, RegExp]>([
    ['what is no JSON', 'accuracy 68 %', /e\.json must be what .*it is not JSON.*evaluate --json/],
    ['other JSON', '{"name":"moodlens"}', /other JSON \(accuracy/],
    ['a matrix that does not give the accuracy', evaluation({ accuracy: 0.5 }), /does not give its accuracy/],
    ['another n', evaluation({ n: 5 }), /holds 4 pictures and n is 5/],
    ['a matrix of other classes', evaluation({ labels: ['a', 'b', 'c'] }), /3 class names for 2 rows/],
    ['a ragged matrix', evaluation({ confusionMatrix: [[1, 1, 0], [2]] }), /not square/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readEvaluation('e.json', text)).toThrow(message);
  });
});
