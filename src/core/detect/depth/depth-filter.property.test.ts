// Laws of the depth filter over surfaces of known shape.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Box, Picture } from '../../image/picture.js';
import { DepthFilter } from './depth-filter.js';
import { depthOfFace } from './depth-of-face.js';

const [width, height] = [320, 240];
const focalPx = (525 * width) / 640;
const picture: Picture = { width, height, channels: 1, data: new Uint8Array(width * height).fill(90) };
const view = { width, height, focalPx };

/** Depth of every pixel, from its place. */
function depthOf(mmAt: (x: number, y: number) => number): DepthPicture {
  const data = Uint16Array.from({ length: width * height }, (_, i) =>
    Math.round(mmAt(i % width, Math.floor(i / width))),
  );
  return { width, height, kind: 'millimetres', data };
}

/** The box of a face 160 mm wide whose middle is at (x, y). */
function faceBox(x: number, y: number, depthMm: number): Box {
  const side = (focalPx * 160) / depthMm;
  return [x - side / 2, y - side / 2, side, side];
}

/** An ellipsoid of a head's size before a wall. */
const head = (centreX: number, centreY: number, depthMm: number, wallMm = depthMm + 1500) => {
  const perPx = depthMm / focalPx;
  return (x: number, y: number) => {
    const inside = 1 - (((x - centreX) * perPx) / 80) ** 2 - (((y - centreY) * perPx) / 110) ** 2;
    return inside > 0 ? depthMm + 95 * (1 - Math.sqrt(inside)) : wallMm;
  };
};
/** A plane through (centre, depthMm), slanted: 1/depth is linear over the picture. */
const plane = (depthMm: number, slopeX: number, slopeY: number) => (x: number, y: number) =>
  depthMm / (1 + (slopeX * (x - width / 2) + slopeY * (y - height / 2)) / width);

/** Evenly scattered over 0..1, the same for the same place. */
const scatter = (x: number, y: number) => (Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 8) / 2 ** 24;

const distance = fc.integer({ min: 600, max: 2400 });
const place = fc.record({ x: fc.integer({ min: 110, max: 210 }), y: fc.integer({ min: 90, max: 150 }) });
const judge = (depth: DepthPicture, box: Box) => new DepthFilter().view(picture, depth).judge(box);

describe('DepthFilter', () => {
  it('keeps a head wherever it is, and tells its distance', () => {
    fc.assert(
      fc.property(distance, place, (mm, { x, y }) => {
        const judgement = judge(depthOf(head(x, y, mm)), faceBox(x, y, mm));
        expect(judgement.reason).toBeUndefined();
        expect(Math.abs(judgement.depthMm! - mm)).toBeLessThan(40);
      }),
      { numRuns: 40 },
    );
  });

  it('says the same of the same surface in another place', () => {
    fc.assert(
      fc.property(distance, place, place, (mm, a, b) => {
        const [one, other] = [a, b].map(({ x, y }) => depthOfFace(depthOf(head(x, y, mm)), faceBox(x, y, mm), view));
        expect(one).toEqual(other);
      }),
      { numRuns: 20 },
    );
  });

  it('takes every plane for a picture, however slanted', () => {
    const slope = fc.double({ min: -0.8, max: 0.8, noNaN: true });
    fc.assert(
      fc.property(distance, slope, slope, (mm, slopeX, slopeY) => {
        const depth = depthOf(plane(mm, slopeX, slopeY));
        expect(judge(depth, faceBox(width / 2, height / 2, mm)).reason).toMatch(/^flat/);
      }),
      { numRuns: 40 },
    );
  });

  it('never drops a face where too little was measured, whatever the rest says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 0, max: 1e6 }), (mm, seed) => {
        const depth = depthOf((x, y) => (scatter(x + seed, y) < 0.25 ? mm : 0));
        expect(judge(depth, [130, 90, 60, 60]).reason).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('never counts a hole as a distance', () => {
    fc.assert(
      fc.property(distance, fc.double({ min: 0, max: 0.5, noNaN: true }), (mm, share) => {
        const surface = head(160, 120, mm);
        const full = judge(depthOf(surface), faceBox(160, 120, mm));
        const holed = judge(
          depthOf((x, y) => (scatter(x, y) < share ? 0 : surface(x, y))),
          faceBox(160, 120, mm),
        );
        expect(holed.reason).toBeUndefined();
        expect(Math.abs(holed.depthMm! - full.depthMm!)).toBeLessThan(8);
      }),
      { numRuns: 30 },
    );
  });

  it('takes any box, also outside the picture and without area', () => {
    const number = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const depth = depthOf(head(160, 120, 900));
    fc.assert(
      fc.property(number, number, number, number, (x, y, w, h) => {
        const { depthMm } = judge(depth, [x, y, w, h]);
        expect(depthMm === null || depthMm > 0).toBe(true);
      }),
    );
  });

  it('says the same when depth and picture differ in size', () => {
    const depth = depthOf(head(160, 120, 900));
    const large: Picture = { width: 640, height: 480, channels: 1, data: new Uint8Array(640 * 480) };
    const [x, y, w, h] = faceBox(160, 120, 900);
    const view640 = new DepthFilter().view(large, depth).judge([2 * x, 2 * y, 2 * w, 2 * h]);
    expect(view640).toEqual(judge(depth, [x, y, w, h]));
  });
});
