// Confident learning against an implementation in whole arrays, stored by tests/oracles/confident_learning.py.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLabelIssues, type LabelIssue } from './confident-learning.js';

interface Stored {
  cases: {
    name: string;
    classes: number;
    labels: number[];
    truth: number[];
    probabilities: number[];
    expected: { thresholds: (number | null)[]; confidentCounts: number[][]; joint: number[][]; issues: LabelIssue[] };
  }[];
}

const stored: Stored = JSON.parse(readFileSync(new URL('fixtures/confident-learning.json', import.meta.url), 'utf8'));

describe.each(stored.cases)('$name', ({ classes, labels, truth, probabilities, expected }) => {
  const found = findLabelIssues({ labels, probabilities: Float32Array.from(probabilities), classCount: classes });

  it('has the same thresholds, counts and joint distribution', () => {
    found.thresholds.forEach((threshold, c) => {
      expect(threshold).toBeCloseTo(expected.thresholds[c] ?? Number.POSITIVE_INFINITY, 12);
    });
    expect(found.confidentCounts).toEqual(expected.confidentCounts);
    found.joint.flat().forEach((share, k) => {
      expect(share).toBeCloseTo(expected.joint.flat()[k]!, 12);
    });
  });

  it('has the same issues in the same order', () => {
    expect(found.issues.map(({ index }) => index)).toEqual(expected.issues.map(({ index }) => index));
    found.issues.forEach((issue, k) => {
      expect(issue.suggested).toBe(expected.issues[k]!.suggested);
      expect(issue.selfConfidence).toBeCloseTo(expected.issues[k]!.selfConfidence, 12);
      expect(issue.margin).toBeCloseTo(expected.issues[k]!.margin, 12);
    });
  });

  it('finds most of the labels that are wrong', () => {
    const wrong = labels.flatMap((label, i) => (label === truth[i] ? [] : [i]));
    const flagged = new Set(found.issues.map(({ index }) => index));
    expect(wrong.filter((i) => flagged.has(i)).length).toBeGreaterThanOrEqual(0.85 * wrong.length);
  });
});

describe('findLabelIssues', () => {
  const judged = fc.integer({ min: 2, max: 5 }).chain((classCount) =>
    fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: classCount - 1 }),
          fc.array(fc.integer({ min: 1, max: 100 }), { minLength: classCount, maxLength: classCount }),
        ),
        { maxLength: 40 },
      )
      .map((rows) => ({
        classCount,
        labels: rows.map(([label]) => label),
        probabilities: Float64Array.from(
          rows.flatMap(([, weights]) => {
            const total = weights.reduce((sum, weight) => sum + weight, 0);
            return weights.map((weight) => weight / total);
          }),
        ),
      })),
  );

  it('estimates a joint distribution with the shares of the labels, and never doubts a label that is most probable', () => {
    fc.assert(
      fc.property(judged, ({ labels, probabilities, classCount }) => {
        const { joint, issues } = findLabelIssues({ labels, probabilities, classCount });
        joint.forEach((row, label) => {
          const share = labels.filter((other) => other === label).length / Math.max(1, labels.length);
          expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(share, 9);
        });
        for (const { index, suggested, margin } of issues) {
          expect(suggested).not.toBe(labels[index]);
          expect(margin).toBeLessThanOrEqual(0);
        }
        const confidences = issues.map(({ selfConfidence }) => selfConfidence);
        expect(confidences).toEqual([...confidences].sort((a, b) => a - b));
      }),
    );
  });

  it('refuses sizes that do not fit and labels that are no class', () => {
    const probabilities = Float32Array.of(0.5, 0.5);
    expect(() => findLabelIssues({ labels: [0, 1], probabilities, classCount: 2 })).toThrow(/found 2$/);
    expect(() => findLabelIssues({ labels: [2], probabilities, classCount: 2 })).toThrow(/0\.\.1, found 2/);
  });
});
