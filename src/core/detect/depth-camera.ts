// How a depth camera sees: what turns pixels and millimetres into millimetres across.
import { ConfigError } from '../errors.js';

/** Focal lengths, and the size of the picture in whose pixels they are given. */
export interface DepthCamera {
  readonly width: number;
  readonly height: number;
  /** Focal length in pixels, across and down. */
  readonly fx: number;
  readonly fy: number;
}

/** A Kinect v1's colour camera, and near enough for most depth cameras; scaled for pictures of other widths. */
export const kinectCamera: DepthCamera = { width: 640, height: 480, fx: 525, fy: 525 };

/** Throws ConfigError unless sizes and focal lengths are ones that a camera can have. */
export function requireDepthCamera({ width, height, fx, fy }: DepthCamera): void {
  const sizes = [width, height].every((value) => Number.isSafeInteger(value) && value > 0);
  const lengths = [fx / width, fy / height].every((share) => share >= 0.1 && share <= 20);
  if (sizes && lengths) return;
  throw new ConfigError(
    `a depth camera must have a size in whole pixels and focal lengths fx, fy of 0.1 to 20 times its width and height, ` +
      `found ${width}x${height}, fx ${fx}, fy ${fy}; correct the camera's file`,
  );
}

/** The camera's focal length across, in pixels of a picture of this width that shows the same view. */
export function focalLengthPx(camera: DepthCamera, width: number): number {
  return (camera.fx * width) / camera.width;
}
