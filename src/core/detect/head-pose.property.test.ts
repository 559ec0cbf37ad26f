// The pose does not change when a face moves, grows or is mirrored (but for its sign); the tilt is the eyes' own.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Point } from '../image/picture.js';
import type { FaceKeypoints } from './face.js';
import { headPose } from './head-pose.js';

const angle = fc.double({ min: -1.2, max: 1.2, noNaN: true });
const turn = fc.double({ min: -0.8, max: 0.8, noNaN: true });
const place = fc.double({ min: -500, max: 500, noNaN: true });
const scale = fc.double({ min: 5, max: 300, noNaN: true });

/** Eyes at a distance, the nose below them and `offset` distances aside, all turned by `tilt`. */
function keypoints({
  tilt,
  offset,
  size,
  x,
  y,
}: {
  tilt: number;
  offset: number;
  size: number;
  x: number;
  y: number;
}): FaceKeypoints {
  const at = (across: number, down: number): Point => [
    x + size * (across * Math.cos(tilt) - down * Math.sin(tilt)),
    y + size * (across * Math.sin(tilt) + down * Math.cos(tilt)),
  ];
  const elsewhere = at(0, 1);
  return {
    rightEye: at(-0.5, 0),
    leftEye: at(0.5, 0),
    nose: at(offset, 0.6),
    mouth: elsewhere,
    rightEar: elsewhere,
    leftEar: elsewhere,
  };
}

it('tells turn and tilt wherever and however large the face is', () => {
  fc.assert(
    fc.property(angle, turn, scale, place, place, (tilt, offset, size, x, y) => {
      const pose = headPose(keypoints({ tilt, offset, size, x, y }))!;
      expect(pose.tiltRad).toBeCloseTo(tilt, 6);
      expect(pose.turn).toBeCloseTo(offset, 6);
    }),
  );
});

it('tells nothing of eyes in one point', () => {
  expect(headPose(keypoints({ tilt: 0, offset: 0, size: 0.5, x: 3, y: 3 }))).toBeUndefined();
});
