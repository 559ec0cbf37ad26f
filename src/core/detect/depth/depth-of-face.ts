// What registered depth tells of a face's box: how far, how wide, and how much relief there is.
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Box } from '../../image/picture.js';
import { inverseStepPerMm } from './depth-disparity.js';
import { fitSurface, type SurfaceShape } from './surface-fit.js';

/** A face as the depth camera sees it. */
export interface FaceDepth {
  /** Share of the box's middle where depth was measured, 0..1. */
  readonly validShare: number;
  /** Distance of the face; null when nothing was measured. */
  readonly depthMm: number | null;
  /** The box's width at that distance; null as above. */
  readonly widthMm: number | null;
  /** How far the face departs from a plane, root mean square; null when not nearly all of it was measured. */
  readonly reliefMm: number | null;
  /** The part of the relief that is a bulge, which noise hardly changes; null as above. */
  readonly bulgeMm: number | null;
  /** The relief of all that is seen in and around the box; null when less than half of it was measured. */
  readonly surroundingsReliefMm: number | null;
  /** What noise and rounding of the depth camera alone make of a plane at this distance; null without a distance. */
  readonly noiseMm: number | null;
}

/** Shares of the box cut off at each side (negative: added): where to look for the distance, the surface, the surroundings. */
const middleMargin = 0.2;
const surfaceMargin = 0.1;
const surroundingsMargin = -0.5;
/** Nearer or farther than this from the distance is no part of the face: a hand before it, the wall behind it. */
const faceBandMm = 130;
/** Most points looked at along a side: more tells no more, as depth cameras smooth. */
const pointsPerSide = 40;
/**
 * A surface of which less was measured (and is no background) than this share may be anything. A picture of a face fills its box; a
 * real one, half turned away, may not.
 */
const leastMeasured = { surface: 0.75, surroundings: 0.5 };
/**
 * Error of a Kinect v1 in 1/mm: random (1.4 mm at 1 m, growing with the square of the distance: Khoshelham and Elberink,
 * Accuracy and resolution of Kinect depth data, Sensors 12(2), 2012), and rounding to whole raw values.
 */
const randomErrorPerMm = 1.425e-6;
const noisePerMm = Math.hypot(randomErrorPerMm, inverseStepPerMm / Math.sqrt(12));

/**
 * Measures the face in `box`, pixels of a picture `width` x `height` that shows the same view as `depth`, which must be in
 * registered millimetres. `focalPx` is the focal length in pixels of that picture. The distance is the median of what is
 * measured in the box's middle, without what lies far from it. Holes (0) are left out everywhere.
 */
export function depthOfFace(
  depth: DepthPicture,
  box: Box,
  picture: { readonly width: number; readonly height: number; readonly focalPx: number },
): FaceDepth {
  const scaled = scaleBox(box, depth.width / picture.width, depth.height / picture.height);
  const { points, looked } = pointsIn(depth, scaled, middleMargin);
  const validShare = looked === 0 ? 0 : points.length / 3 / looked;
  const rough = middleDepth(points, () => true);
  if (rough === undefined) {
    return {
      validShare: 0,
      depthMm: null,
      widthMm: null,
      reliefMm: null,
      bulgeMm: null,
      surroundingsReliefMm: null,
      noiseMm: null,
    };
  }
  const isFace = (mm: number) => Math.abs(mm - rough) <= faceBandMm;
  const depthMm = middleDepth(points, isFace)!;
  const surface = shapeOf(pointsIn(depth, scaled, surfaceMargin), leastMeasured.surface, isFace);
  const surroundings = shapeOf(pointsIn(depth, scaled, surroundingsMargin), leastMeasured.surroundings, () => true);
  const inMm = (perMm: number | undefined) => (perMm === undefined ? null : perMm * depthMm * depthMm);
  return {
    validShare,
    depthMm,
    widthMm: (box[2] * depthMm) / picture.focalPx,
    reliefMm: inMm(surface?.deviation),
    bulgeMm: inMm(surface?.bulge),
    surroundingsReliefMm: inMm(surroundings?.deviation),
    noiseMm: noisePerMm * depthMm * depthMm,
  };
}

function scaleBox([x, y, width, height]: Box, scaleX: number, scaleY: number): Box {
  return [x * scaleX, y * scaleY, width * scaleX, height * scaleY];
}

interface Points {
  /** `x, y, millimetres, …` where depth was measured. */
  readonly points: number[];
  /** The number of places looked at, holes included. */
  readonly looked: number;
}

/** Points on a grid over the box less its margin, as far as it lies in the picture. */
function pointsIn(depth: DepthPicture, [x, y, width, height]: Box, margin: number): Points {
  const left = Math.max(0, Math.round(x + width * margin));
  const right = Math.min(depth.width, Math.round(x + width * (1 - margin)));
  const top = Math.max(0, Math.round(y + height * margin));
  const bottom = Math.min(depth.height, Math.round(y + height * (1 - margin)));
  const step = Math.max(1, Math.ceil(Math.max(right - left, bottom - top) / pointsPerSide));
  const points: number[] = [];
  let looked = 0;
  for (let row = top; row < bottom; row += step) {
    for (let column = left; column < right; column += step) {
      const mm = depth.data[row * depth.width + column]!;
      looked++;
      if (mm > 0) points.push(column, row, mm);
    }
  }
  return { points, looked };
}

/** The median; of an even number the upper of the middle two, which was measured. */
function middleDepth(points: readonly number[], isCounted: (mm: number) => boolean): number | undefined {
  const values = new Uint16Array(points.length / 3);
  let count = 0;
  for (let i = 2; i < points.length; i += 3) if (isCounted(points[i]!)) values[count++] = points[i]!;
  return values.subarray(0, count).sort()[count >> 1];
}

/** Undefined when too small a share of the places counts. */
function shapeOf(
  { points, looked }: Points,
  leastShare: number,
  isCounted: (mm: number) => boolean,
): SurfaceShape | undefined {
  const shape = fitSurface(points, isCounted);
  return shape && shape.count >= leastShare * looked ? shape : undefined;
}
