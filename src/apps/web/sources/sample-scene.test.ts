import { describe, expect, it } from 'vitest';
import { layersAt, parseScene, type Scene } from './sample-scene.js';

const scene: Scene = {
  width: 960,
  height: 540,
  fadeMs: 500,
  credit: 'us',
  shots: [
    { file: 'a.jpg', ms: 4000, from: [100, 100, 400], to: [200, 100, 200] },
    { file: 'b.jpg', ms: 2000, from: [50, 50, 300], to: [50, 50, 100] },
  ],
};

describe('layersAt', () => {
  it('moves from one view to the other', () => {
    expect(layersAt(scene, 0)).toEqual([{ file: 'a.jpg', view: [100, 100, 400], opacity: 1 }]);
    expect(layersAt(scene, 2000)[0]!.view).toEqual([150, 100, 300]);
    expect(layersAt(scene, 4000 - 1e-9)[0]!.view[2]).toBeCloseTo(200);
  });

  it('fades the next shot in over the last view of the one before', () => {
    const [below, above] = layersAt(scene, 4250);
    expect(below).toEqual({ file: 'a.jpg', view: [200, 100, 200], opacity: 1 });
    expect(above!.file).toBe('b.jpg');
    expect(above!.opacity).toBe(0.5);
  });

  it('begins again after the last shot', () => {
    expect(layersAt(scene, 6000 + 2000)).toEqual(layersAt(scene, 2000));
    expect(layersAt(scene, 6000)[0]!.file).toBe('b.jpg');
  });

  it('stands still without motion', () => {
    expect(layersAt(scene, 600, false)).toEqual(layersAt(scene, 3000, false));
  });
});

describe('parseScene', () => {
  it.each([null, {}, { shots: [] }, { shots: 'x', width: 1, height: 1 }])('refuses %j', (value) => {
    expect(() => parseScene(value)).toThrow(/npm run build/);
  });
});
