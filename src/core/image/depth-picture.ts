// A depth camera's picture: the distance of each point of a frame.

/**
 * One value per pixel, row by row from the top left; 0 is a hole, where nothing was measured.
 *
 * - `millimetres`: distance along the optical axis, registered: pixel (x, y) is the colour picture's pixel at the same
 *   place, scaled when the sizes differ.
 * - `disparity`: a Kinect v1's raw 11-bit values, 2047 being its hole; not registered.
 */
export interface DepthPicture {
  readonly width: number;
  readonly height: number;
  readonly kind: 'millimetres' | 'disparity';
  /** `width * height` values. */
  readonly data: Uint16Array;
}
