import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GreyPicture, Picture, Point } from '../image/picture.js';
import type { Face, FaceKeypoints } from './face.js';
import { alignedFace, cropFace } from './face-crop.js';

/** Where FER2013's faces have their points, in pixels of a 48 x 48 picture. */
const upright: Record<keyof FaceKeypoints, Point> = {
  rightEye: [15.09, 18.66],
  leftEye: [32.91, 18.66],
  nose: [24, 28.9],
  mouth: [24, 36.82],
  rightEar: [6.31, 21.81],
  leftEar: [41.69, 21.81],
};

/** A face whose frame is `side` pixels wide around `centre`, turned by `angle` radians. */
function faceAt(centre: Point, side: number, angle = 0): Face {
  const place = ([x, y]: Point): Point => {
    const u = ((x - 24) * side) / 48;
    const v = ((y - 24) * side) / 48;
    return [
      centre[0] + u * Math.cos(angle) - v * Math.sin(angle),
      centre[1] + u * Math.sin(angle) + v * Math.cos(angle),
    ];
  };
  const keypoints = Object.fromEntries(
    Object.entries(upright).map(([key, point]) => [key, place(point)]),
  ) as unknown as FaceKeypoints;
  const box = (side * 42.82) / 48;
  return { box: [centre[0] - box / 2, centre[1] - box / 2 + 0.037 * box, box, box], score: 1, keypoints };
}

/** A grey picture with a bright dot (a Gaussian of 2 pixels) at every point. */
function dots(width: number, height: number, points: readonly Point[], radius = 2): GreyPicture {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = points.reduce((sum, [px, py]) => {
        return sum + 250 * Math.exp(-((x + 0.5 - px) ** 2 + (y + 0.5 - py) ** 2) / (2 * radius * radius));
      }, 0);
      data[y * width + x] = Math.min(255, value);
    }
  }
  return { width, height, channels: 1, data };
}

/** Centre of brightness of a picture, in its pixels. */
function centroid({ width, data }: GreyPicture): Point {
  let sum = 0;
  let sx = 0;
  let sy = 0;
  data.forEach((value, i) => {
    sum += value;
    sx += value * ((i % width) + 0.5);
    sy += value * (Math.floor(i / width) + 0.5);
  });
  return [sx / sum, sy / sum];
}

describe('cropFace', () => {
  it.each([0, 0.4, -0.7])('puts every key point where FER2013 has it, for a face turned by %f rad', (angle) => {
    const face = faceAt([150, 130], 120, angle);
    for (const key of ['rightEye', 'leftEye', 'mouth'] as const) {
      const picture = dots(300, 260, [face.keypoints![key]]);
      const [x, y] = centroid(cropFace(picture, face, { width: 48, height: 48 }));
      expect(x).toBeCloseTo(upright[key][0], 0);
      expect(y).toBeCloseTo(upright[key][1], 0);
    }
  });

  it('frames the same from the box alone when the face is upright', () => {
    const face = faceAt([150, 130], 120);
    const picture = dots(300, 260, [face.keypoints!.mouth, face.keypoints!.rightEye]);
    const withPoints = cropFace(picture, face, { width: 48, height: 48 });
    const withBox = cropFace(picture, { ...face, keypoints: null }, { width: 48, height: 48 });
    const difference = Array.from(withPoints.data).reduce(
      (sum, value, i) => sum + Math.abs(value - withBox.data[i]!),
      0,
    );
    expect(difference / withPoints.data.length).toBeLessThan(1);
  });

  it('turns to the box when the key points are implausible', () => {
    const face = faceAt([50, 50], 60);
    const point: Point = [50, 50];
    const collapsed: FaceKeypoints = {
      rightEye: point,
      leftEye: point,
      nose: point,
      mouth: point,
      rightEar: point,
      leftEar: point,
    };
    const picture = dots(100, 100, [[40, 40]]);
    const size = { width: 24, height: 24 };
    expect(cropFace(picture, { ...face, keypoints: collapsed }, size).data).toEqual(
      cropFace(picture, { ...face, keypoints: null }, size).data,
    );
  });

  it('averages fine detail instead of aliasing it', () => {
    const data = new Uint8Array(480 * 480).map((_, i) => (((i % 480) + Math.floor(i / 480)) % 2) * 200);
    const crop = cropFace({ width: 480, height: 480, channels: 1, data }, faceAt([240, 240], 440), {
      width: 48,
      height: 48,
    });
    for (const value of crop.data) expect(Math.abs(value - 100)).toBeLessThanOrEqual(8);
  });

  it('gives grey of the size asked for, for any channels and any place, also outside the picture', () => {
    const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
    const side = fc.double({ min: 0.01, max: 3000, noNaN: true });
    const angle = fc.double({ min: -4, max: 4, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, side, angle, fc.constantFrom(1, 3, 4), (x, y, frame, turn, channels) => {
        const picture = { width: 20, height: 30, channels, data: new Uint8Array(600 * channels).fill(77) } as Picture;
        for (const cut of [cropFace, alignedFace]) {
          const result = cut(picture, faceAt([x, y], frame, turn), { width: 9, height: 11 });
          expect([result.width, result.height, result.channels]).toEqual([9, 11, 1]);
          expect(result.data.every((value) => value === 77)).toBe(true);
        }
      }),
    );
  });

  it('refuses a face without area', () => {
    const picture = dots(10, 10, []);
    for (const width of [0, -3, Number.NaN]) {
      const face: Face = { box: [1, 1, width, 5], score: 1, keypoints: null };
      expect(() => cropFace(picture, face, { width: 4, height: 4 })).toThrow(RangeError);
    }
  });
});

describe('alignedFace', () => {
  it('puts the eyes level at 36 % of the height, symmetric about the middle', () => {
    const face = faceAt([150, 130], 120, 0.5);
    const size = { width: 92, height: 112 };
    const right = centroid(alignedFace(dots(300, 260, [face.keypoints!.rightEye]), face, size));
    const left = centroid(alignedFace(dots(300, 260, [face.keypoints!.leftEye]), face, size));
    expect(right[1]).toBeCloseTo(0.36 * 112, 0);
    expect(left[1]).toBeCloseTo(0.36 * 112, 0);
    expect(right[0] + left[0]).toBeCloseTo(92, 0);
    expect((left[0] - right[0]) / 92).toBeCloseTo(17.82 / 48 / 0.88, 1);
  });
});
