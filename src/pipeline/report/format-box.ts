import type { Box } from '../../core/image/picture.js';

/** `120 x 140 at 33, 20`: a box in whole pixels. */
export function formatBox([x, y, width, height]: Box): string {
  return `${Math.round(width)} x ${Math.round(height)} at ${Math.round(x)}, ${Math.round(y)}`;
}
