import { describe, expect, it } from 'vitest';
import type { Face } from './face.js';
import { mainFace } from './main-face.js';

const face = (size: number): Face => ({ box: [5, 5, size, size], score: 0.9, keypoints: null });

describe('mainFace', () => {
  it('is the only face, or the one clearly larger than the rest', () => {
    expect(mainFace([face(10)])).toEqual(face(10));
    expect(mainFace([face(40), face(75), face(20)])).toEqual(face(75));
  });

  it('must be sure, while unsure ones still count among several', () => {
    const unsure = { ...face(60), score: 0.5 };
    expect(mainFace([unsure], 0.6)).toBe('none');
    expect(mainFace([unsure, face(60)], 0.6)).toBe('several');
    expect(mainFace([face(60), { ...face(20), score: 0.5 }], 0.6)).toEqual(face(60));
  });

  it('says when there is none and when it cannot be told', () => {
    expect(mainFace([])).toBe('none');
    expect(mainFace([face(60), face(41)])).toBe('several');
  });
});
