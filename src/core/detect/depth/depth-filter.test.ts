import { describe, expect, it } from 'vitest';
import { ConfigError, MediaError } from '../../errors.js';
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Picture } from '../../image/picture.js';
import { DepthFilter, type DepthFilterOptions } from './depth-filter.js';
import type { FaceDepth } from './depth-of-face.js';
import { whyNoFace } from './depth-rules.js';

const picture: Picture = { width: 64, height: 48, channels: 3, data: new Uint8Array(64 * 48 * 3).fill(200) };
const wall = (mm: number, kind: DepthPicture['kind'] = 'millimetres'): DepthPicture => {
  return { width: 64, height: 48, kind, data: new Uint16Array(64 * 48).fill(mm) };
};

const face: FaceDepth = {
  validShare: 0.9,
  depthMm: 1000,
  widthMm: 150,
  reliefMm: 10,
  bulgeMm: 9,
  surroundingsReliefMm: 200,
  noiseMm: 1.6,
};

describe('whyNoFace', () => {
  it.each<[string, Partial<FaceDepth>, string | undefined]>([
    ['a face', {}, undefined],
    ['a face with too few measurements', { validShare: 0.3, widthMm: 10 }, undefined],
    ['nothing measured', { validShare: 0, depthMm: null, widthMm: null, noiseMm: null }, undefined],
    ['what touches the camera', { depthMm: 300 }, 'too near: 0.30 m away, less than 0.35 m'],
    ['what is beyond the range', { depthMm: 5600 }, 'too far: 5.60 m away, more than 5.00 m'],
    ['a button', { widthMm: 30 }, 'too small for a face: 3.0 cm wide at 1.00 m'],
    ['a door', { widthMm: 800 }, 'too large for a face: 80.0 cm wide at 1.00 m'],
    ['a photograph', { reliefMm: 1.9, bulgeMm: 0.5 }, 'flat: a picture of a face'],
    ['a face turned away, of sharp edges', { reliefMm: 4.6, bulgeMm: 1.2 }, undefined],
    ['a smooth face', { depthMm: 2000, noiseMm: 6.6, reliefMm: 5, bulgeMm: 4 }, undefined],
    ['a photograph that hides in noise', { depthMm: 2600, noiseMm: 11.2, reliefMm: 10, bulgeMm: 1 }, undefined],
    [
      'a poster far away',
      { depthMm: 3500, noiseMm: 20, reliefMm: 19, surroundingsReliefMm: 21 },
      'flat with all around it: on a wall',
    ],
    ['no surface measured', { reliefMm: null, bulgeMm: null, surroundingsReliefMm: null }, undefined],
  ])('%s', (_, change, reason) => {
    expect(whyNoFace({ ...face, ...change })).toBe(reason);
  });
});

describe('DepthFilter', () => {
  it('shows the detector everything, unless it segments', () => {
    expect(new DepthFilter().view(picture, wall(5000)).picture).toBe(picture);
    expect(new DepthFilter({ mode: 'off' }).view(picture, wall(5000)).picture).toBe(picture);
    const far = new DepthFilter({ mode: 'segment' }).view(picture, wall(1207)).picture;
    expect(far.data.every((value) => value === 0)).toBe(true);
    expect(new DepthFilter({ mode: 'segment' }).view(picture, wall(1206)).picture.data).toEqual(picture.data);
  });

  it('only measures when it is off or segments', () => {
    for (const mode of ['off', 'segment'] as const) {
      const judgement = new DepthFilter({ mode }).view(picture, wall(900)).judge([10, 10, 20, 20]);
      expect(judgement).toEqual({ depthMm: 900, reason: undefined });
    }
  });

  it('reads raw disparity', () => {
    const filter = new DepthFilter({ mode: 'off', shift: [0, 0] });
    expect(filter.view(picture, wall(800, 'disparity')).judge([10, 10, 20, 20]).depthMm).toBe(1193);
    expect(filter.view(picture, wall(2047, 'disparity')).judge([10, 10, 20, 20]).depthMm).toBeNull();
  });

  it('measures with the camera it is given', () => {
    const box = [22, 14, 20, 20] as const;
    const reason = (fx: number) =>
      new DepthFilter({ camera: { width: 64, fx } }).view(picture, wall(1000)).judge(box).reason;
    expect(reason(50)).toBe('too large for a face: 40.0 cm wide at 1.00 m');
    expect(reason(400)).toBe('too small for a face: 5.0 cm wide at 1.00 m');
  });

  it.each<[DepthFilterOptions, string]>([
    [{ camera: { width: 0, fx: 525 } }, 'a width in whole pixels'],
    [{ camera: { width: 640, fx: Number.NaN } }, 'focal length'],
    [{ rules: { rangeMm: [500, 500] } }, 'rangeMm'],
    [{ rules: { widthMm: [Number.NaN, 500] } }, 'widthMm'],
    [{ rules: { validShare: 0 } }, 'validShare'],
    [{ rules: { reliefMm: -1 } }, 'reliefMm'],
    [{ rules: { bulgeMm: Number.NaN } }, 'bulgeMm'],
    [{ nearMm: 0 }, 'nearMm'],
    [{ shift: [Number.NaN, 0] }, 'shift'],
  ])('refuses %j', (options, word) => {
    expect(() => new DepthFilter(options)).toThrow(ConfigError);
    expect(() => new DepthFilter(options)).toThrow(word);
  });

  it('refuses a depth picture whose size is not its own', () => {
    const broken = { ...wall(900), height: 47 };
    expect(() => new DepthFilter().view(picture, broken)).toThrow(MediaError);
  });
});
