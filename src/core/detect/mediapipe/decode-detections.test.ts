import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnchors } from './anchors.js';
import { candidateSize, decodeDetections } from './decode-detections.js';

describe('createAnchors', () => {
  it('makes as many anchors as the networks have', () => {
    expect(createAnchors([{ cells: 48, perCell: 1 }]).length / 2).toBe(2304);
    const short = [
      { cells: 16, perCell: 2 },
      { cells: 8, perCell: 6 },
    ];
    expect(createAnchors(short).length / 2).toBe(896);
  });

  it('goes row by row through the middles of the cells', () => {
    expect([...createAnchors([{ cells: 2, perCell: 1 }])]).toEqual([0.25, 0.25, 0.75, 0.25, 0.25, 0.75, 0.75, 0.75]);
  });
});

describe('decodeDetections', () => {
  const anchors = createAnchors([{ cells: 2, perCell: 1 }]);

  it('reads box and key points relative to the anchor', () => {
    const boxes = new Float32Array(4 * 16);
    // Anchor 2 lies at (0.25, 0.75); moved by 10 and -20 of 100 pixels, 40 x 20 large; the first key point 5 further right.
    boxes.set([10, -20, 40, 20, 15, -20], 2 * 16);
    const scores = new Float32Array([-9, -9, Math.log(3), -9]);
    const [candidate, ...others] = decodeDetections(boxes, scores, anchors, 100, 0.5);
    expect(others).toEqual([]);
    expect(candidate).toHaveLength(candidateSize);
    const expected = [0.75, 0.15, 0.45, 0.55, 0.65, 0.4, 0.55];
    for (const [i, value] of expected.entries()) expect(candidate![i]).toBeCloseTo(value, 5);
  });

  it('leaves out what is below the score, empty or not a number', () => {
    const boxes = new Float32Array(4 * 16).fill(10);
    boxes[2] = 0;
    boxes[16 + 5] = Number.NaN;
    const decode = (logits: number[]) => decodeDetections(boxes, new Float32Array(logits), anchors, 100, 0.5);
    expect(decode([5, 5, 5, -0.01]).length).toBe(1);
    expect(decode([5, 5, Number.NaN, -5]).length).toBe(0);
  });

  it('gives finite scores of at least the threshold for any output', () => {
    const values = fc.float32Array({ minLength: 64, maxLength: 64 });
    const logits = fc.float32Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(values, logits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (boxes, scores, minScore) => {
        for (const candidate of decodeDetections(boxes, scores, anchors, 128, minScore)) {
          expect(candidate.every(Number.isFinite)).toBe(true);
          expect(candidate[0]).toBeGreaterThanOrEqual(minScore - 1e-6);
          expect(candidate[0]).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
