// A readable text colour on any background.
import type { Colour } from '../../core/image/draw.js';

const white: Colour = [255, 255, 255];
const ink: Colour = [16, 18, 22];

/** White or nearly black, whichever has more contrast (WCAG 2) against the colour; never less than 4.3 to 1. */
export function inkOn(colour: Colour): Colour {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  // Contrast with white and with black is the same at the root of 1.05 * 0.05, less 0.05.
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.179 ? white : ink;
}
