import { describe, expect, it } from 'vitest';
import type { Face, FaceDetector } from '../detect/face.js';
import type { Picture } from '../image/picture.js';
import { findFace } from './find-face.js';

const face: Face = {
  box: [60, 70, 40, 40],
  score: 0.9,
  keypoints: {
    rightEye: [70, 80],
    leftEye: [90, 80],
    nose: [80, 90],
    mouth: [80, 100],
    rightEar: [60, 85],
    leftEar: [100, 85],
  },
};

function picture(width: number, height: number, channels: 1 | 3 = 1): Picture {
  return { width, height, channels, data: new Uint8Array(width * height * channels).fill(7) };
}

/** Answers the calls one by one and keeps the pictures it saw. */
function detector(...answers: Face[][]): FaceDetector & { readonly seen: Picture[] } {
  const seen: Picture[] = [];
  return {
    seen,
    detect: async (seenPicture) => {
      seen.push(seenPicture);
      return answers.shift() ?? [];
    },
    release: async () => undefined,
  };
}

describe('findFace', () => {
  it('gives the face that is found', async () => {
    expect(await findFace(picture(640, 480), detector([face]))).toBe(face);
  });

  it('looks at a crop again with a margin and moves what it finds back', async () => {
    const fake = detector([], [face]);
    const found = (await findFace(picture(100, 80, 3), fake)) as Face;
    expect(found.box).toEqual([10, 20, 40, 40]);
    expect(found.keypoints!.nose).toEqual([30, 40]);
    const [, { width, height, data }] = fake.seen as [Picture, Picture];
    expect([width, height]).toEqual([200, 180]);
    const at = (x: number, y: number) => data[(y * 200 + x) * 3];
    expect([at(49, 60), at(50, 60), at(149, 129), at(150, 129), at(99, 49)]).toEqual([127, 7, 7, 127, 127]);
  });

  it('takes a crop whole, and no scene', async () => {
    expect(await findFace(picture(92, 112), detector())).toBe('whole');
    expect(await findFace(picture(640, 480), detector())).toBe('none');
    expect(await findFace(picture(300, 100), detector())).toBe('none');
    expect(await findFace(picture(92, 112), detector([], [face, face]))).toBe('whole');
    expect(await findFace(picture(92, 112), detector([face, face]))).toBe('several');
  });
});
