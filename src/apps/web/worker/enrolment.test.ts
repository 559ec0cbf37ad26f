import { describe, expect, it } from 'vitest';
import type { Face } from '../../../core/detect/face.js';
import type { Box, GreyPicture, Picture } from '../../../core/image/picture.js';
import { createRandom } from '../../../core/numbers/random.js';
import { Enrolment } from './enrolment.js';

const frame: Picture = { width: 640, height: 480, channels: 3, data: new Uint8Array(640 * 480 * 3) };

/** Noise of a mean and spread: sharp when the spread is large, flat when it is 0. */
function noise(mean: number, spread: number): GreyPicture {
  const random = createRandom(1);
  const data = Uint8Array.from({ length: 100 * 100 }, () => mean + spread * (random.next() - 0.5));
  return { width: 100, height: 100, channels: 1, data };
}

function face(box: Box, turn = 0, tilt = 0): Face {
  const [x, y, width, height] = box;
  const eye = 0.2 * width;
  const middle = [x + width / 2, y + 0.4 * height] as const;
  const across = [Math.cos(tilt) * eye, Math.sin(tilt) * eye] as const;
  const at = (share: number) => [middle[0] + share * across[0], middle[1] + share * across[1]] as const;
  const nose = [middle[0] + turn * 2 * across[0], middle[1] + 0.2 * height] as const;
  return {
    box,
    score: 0.9,
    keypoints: { rightEye: at(-1), leftEye: at(1), nose, mouth: nose, rightEar: at(-2), leftEar: at(2) },
  };
}

const middle: Box = [250, 150, 120, 140];
const start = (picture = noise(120, 100), limits = {}) => new Enrolment('Ada', () => picture, limits);

describe('Enrolment', () => {
  it('takes spaced pictures of one good face until it has 60', () => {
    const enrolment = start();
    let offered = 0;
    while (!enrolment.isComplete && offered < 1000) enrolment.offer(frame, [face(middle)], (offered++ * 1000) / 30);
    expect(enrolment.pictures).toHaveLength(60);
    // 30 frames a second and 80 ms between pictures: every third frame.
    expect(offered).toBe(59 * 3 + 1);
    expect(enrolment.offer(frame, [face(middle)], 1e6)).toBe(false);
  });

  it.each<[string, Face[], RegExp]>([
    ['nobody', [], /No face/],
    ['two people', [face(middle), face([20, 150, 110, 130])], /One face only/],
    ['a face far away', [face([300, 200, 40, 46])], /Come closer/],
    ['a face too near', [face([100, 10, 420, 460])], /Move back/],
    ['a face half out of view', [face([-60, 100, 120, 140])], /middle/],
    ['a profile', [face(middle, 0.6)], /Turn towards/],
    ['a tilted head', [face(middle, 0, 0.7)], /upright/],
  ])('takes nothing of %s and says why', (_, faces, hint) => {
    const enrolment = start();
    expect(enrolment.offer(frame, faces, 0)).toBe(false);
    expect(enrolment.hint).toMatch(hint);
    expect(enrolment.pictures).toHaveLength(0);
  });

  it('does not mind a small face in the background', () => {
    expect(start().offer(frame, [face([20, 20, 50, 60]), face(middle)], 0)).toBe(true);
  });

  it('waits while the face moves', () => {
    const enrolment = start();
    enrolment.offer(frame, [face(middle)], 0);
    expect(enrolment.offer(frame, [face([400, 150, 120, 140])], 100)).toBe(false);
    expect(enrolment.hint).toMatch(/Hold still/);
    expect(enrolment.offer(frame, [face([402, 150, 120, 140])], 200)).toBe(true);
  });

  it.each<[string, GreyPicture, RegExp]>([
    ['blurred', noise(120, 0), /blurred/],
    ['dark', noise(15, 20), /Too dark/],
    ['glaring', noise(240, 10), /Too bright/],
  ])('refuses a %s picture', (_, picture, hint) => {
    const enrolment = start(picture);
    expect(enrolment.offer(frame, [face(middle)], 0)).toBe(false);
    expect(enrolment.hint).toMatch(hint);
  });
});
