// A depth camera's geometry: from pixels and distance to width in millimetres.
import { ConfigError } from '../../errors.js';

/** The focal length in pixels across, and the width of the picture in whose pixels it is given. */
export interface DepthCamera {
  readonly width: number;
  readonly fx: number;
}

/** A Kinect v1's colour camera, a good approximation of most depth cameras; scaled for pictures of other widths. */
export const kinectCamera: DepthCamera = { width: 640, fx: 525 };

/** Throws ConfigError for an impossible camera. */
export function requireDepthCamera({ width, fx }: DepthCamera): void {
  if (Number.isSafeInteger(width) && width > 0 && fx >= 0.1 * width && fx <= 20 * width) return;
  throw new ConfigError(
    'a depth camera must have a width in whole pixels and a focal length fx of 0.1 to 20 times its width, ' +
      `found a width of ${width} and fx ${fx}; correct the camera's file`,
  );
}

/** The camera's focal length in pixels of a picture of this width that shows the same view. */
export function focalLengthPx(camera: DepthCamera, width: number): number {
  return (camera.fx * width) / camera.width;
}
