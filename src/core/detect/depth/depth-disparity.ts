// A Kinect v1's raw 11-bit disparity in millimetres, by libfreenect's own formula (freenect_raw_to_mm in its registration.c).
import type { DepthPicture } from '../../image/depth-picture.js';

/** libfreenect's default calibration of a Kinect: centimetres on the zero plane, and the shift's constants. */
const zeroPlane = { emitterDistance: 7.5, referenceDistance: 120, referencePixelSize: 0.1042 };
const constantShift = 200;
const coefficient = 4;
const shiftOffset = 0.375;

/** Number of raw values; the last, 2047, marks a hole. */
const disparityValues = 2048;
/** libfreenect's own limit; beyond it a step of one raw value is some 30 cm. */
const largestMm = 10_000;

/**
 * The step of 1/distance (1/mm) from one raw value to the next. It is constant, so noise and flatness are judged in 1/distance.
 * In distance it is 2.9 mm at 1 m and 26 mm at 3 m.
 */
export const inverseStepPerMm =
  zeroPlane.referencePixelSize / (coefficient * zeroPlane.emitterDistance * zeroPlane.referenceDistance * 10);

/**
 * The distance of one raw value along the optical axis, in whole millimetres, rounded down as libfreenect does; 0, a hole, for 0,
 * for 2047 and beyond 10 m, where a Kinect measures noise only.
 */
export function disparityToMillimetres(raw: number): number {
  if (!(raw > 0 && raw < disparityValues - 1)) return 0;
  const { emitterDistance, referenceDistance, referencePixelSize } = zeroPlane;
  const shift = ((raw - coefficient * constantShift) / coefficient - shiftOffset) * referencePixelSize;
  if (shift >= emitterDistance) return 0;
  const millimetres = Math.floor(10 * ((shift * referenceDistance) / (emitterDistance - shift) + referenceDistance));
  return millimetres < largestMm ? millimetres : 0;
}

let table: Uint16Array | undefined;

/**
 * The depth in millimetres; returned unchanged when it is in millimetres already. `shift` moves raw disparity, which is not
 * registered, right and down, in pixels at a width of 640; pixels that receive no value are holes.
 */
export function toMillimetres(depth: DepthPicture, shift: readonly [right: number, down: number]): DepthPicture {
  if (depth.kind === 'millimetres') return depth;
  table ??= Uint16Array.from({ length: disparityValues }, (_, raw) => disparityToMillimetres(raw));
  const { width, height, data } = depth;
  const [right, down] = shift.map((pixels) => Math.round((pixels * width) / 640)) as [number, number];
  const moved = new Uint16Array(width * height);
  const first = Math.max(0, right);
  const last = Math.min(width, width + right);
  for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
    const from = (y - down) * width - right;
    for (let x = first; x < last; x++) moved[y * width + x] = table[data[from + x]!] ?? 0;
  }
  return { width, height, kind: 'millimetres', data: moved };
}
