// Where things go over the video: frame pixels to screen pixels, and panels that cover no face.
import type { Box } from '../../../../core/image/picture.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A frame's box on a screen of that size, the frame shown whole and centred (`object-fit: contain`). */
export function boxOnScreen([x, y, width, height]: Box, frame: Size, screen: Size, isMirrored: boolean): Box {
  const scale = Math.min(screen.width / frame.width, screen.height / frame.height);
  const left = (screen.width - frame.width * scale) / 2;
  const top = (screen.height - frame.height * scale) / 2;
  const fromLeft = isMirrored ? frame.width - x - width : x;
  return [left + fromLeft * scale, top + y * scale, width * scale, height * scale];
}

/** True when two boxes share area. */
export function overlaps(a: Box, b: Box): boolean {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}

/** Right of the box, else left of it, inside the screen and clear of what is taken; undefined when neither fits. */
export function placeBeside(box: Box, panel: Size, screen: Size, taken: readonly Box[], gap = 10): Box | undefined {
  const [x, y, width, height] = box;
  const top = Math.max(4, Math.min(screen.height - panel.height - 4, y + (height - panel.height) / 2));
  const candidates: Box[] = [
    [x + width + gap, top, panel.width, panel.height],
    [x - gap - panel.width, top, panel.width, panel.height],
  ];
  return candidates.find(
    (place) =>
      place[0] >= 4 && place[0] + place[2] <= screen.width - 4 && !taken.some((other) => overlaps(place, other)),
  );
}
