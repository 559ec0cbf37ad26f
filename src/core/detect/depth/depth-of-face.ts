// Measures a face's box in registered depth: distance, width and relief.
import type { DepthPicture } from '../../image/depth-picture.js';
import type { Box } from '../../image/picture.js';
import { inverseStepPerMm } from './depth-disparity.js';
import { fitSurface, type SurfaceShape } from './surface-fit.js';

/** The measurements of a face. */
export interface FaceDepth {
  /** Share of the box's middle where depth was measured, 0..1. */
  readonly validShare: number;
  /** Distance of the face; null when nothing was measured. */
  readonly depthMm: number | null;
  /** The box's width at that distance; null as above. */
  readonly widthMm: number | null;
  /** Root mean square distance of the face from its best plane; null when too much of it is holes. */
  readonly reliefMm: number | null;
  /** The smooth part of the relief, which noise hardly changes; null as above. */
  readonly bulgeMm: number | null;
  /** The relief in and around the box; null when less than half of it was measured. */
  readonly surroundingsReliefMm: number | null;
  /** The relief that the camera's noise and rounding give a plane at this distance; null without a distance. */
  readonly noiseMm: number | null;
}

/** Shares of the box cut off at each side (negative: added), for the distance, the surface and the surroundings. */
const middleMargin = 0.2;
const surfaceMargin = 0.1;
const surroundingsMargin = -0.5;
/** Depth that differs more from the distance is no part of the face: a hand before it, the wall behind it. */
const faceBandMm = 130;
/** Most points sampled along a side: depth cameras smooth, so more points add nothing. */
const pointsPerSide = 40;
/**
 * Least share of the surface that must be measured and not background. A picture of a face fills its box; a real face that is half
 * turned away may not.
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
 * registered millimetres. `focalPx` is the focal length in pixels of that picture. The distance is the median of the
 * depth in the box's middle, without outliers. Holes (0) are left out everywhere.
 */
export function depthOfFace(
  depth: DepthPicture,
  box: Box,
  picture: { readonly width: number; readonly height: number; readonly focalPx: number },
): FaceDepth {
  const scaled = scaleBox(box, depth.width / picture.width, depth.height / picture.height);
  const { points, sampled } = pointsIn(depth, scaled, middleMargin);
  const validShare = sampled === 0 ? 0 : points.length / 3 / sampled;
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
  /** The number of places sampled, holes included. */
  readonly sampled: number;
}

/** Points on a grid over the part of the box without its margin that lies in the picture. */
function pointsIn(depth: DepthPicture, [x, y, width, height]: Box, margin: number): Points {
  const left = Math.max(0, Math.round(x + width * margin));
  const right = Math.min(depth.width, Math.round(x + width * (1 - margin)));
  const top = Math.max(0, Math.round(y + height * margin));
  const bottom = Math.min(depth.height, Math.round(y + height * (1 - margin)));
  const step = Math.max(1, Math.ceil(Math.max(right - left, bottom - top) / pointsPerSide));
  const points: number[] = [];
  let sampled = 0;
  for (let row = top; row < bottom; row += step) {
    for (let column = left; column < right; column += step) {
      const mm = depth.data[row * depth.width + column]!;
      sampled++;
      if (mm > 0) points.push(column, row, mm);
    }
  }
  return { points, sampled };
}

/** The median; of an even number the upper of the middle two, which was measured. */
function middleDepth(points: readonly number[], isCounted: (mm: number) => boolean): number | undefined {
  const values = new Uint16Array(points.length / 3);
  let count = 0;
  for (let i = 2; i < points.length; i += 3) if (isCounted(points[i]!)) values[count++] = points[i]!;
  return values.subarray(0, count).sort()[count >> 1];
}

/** Undefined when too small a share of the places lies on the surface. */
function shapeOf(
  { points, sampled }: Points,
  leastShare: number,
  isCounted: (mm: number) => boolean,
): SurfaceShape | undefined {
  const shape = fitSurface(points, isCounted);
  return shape && shape.count >= leastShare * sampled ? shape : undefined;
}
