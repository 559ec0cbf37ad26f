// Draws boxes and text into a picture's own pixels, for annotated pictures and video.
import { glyph, glyphHeight, glyphWidth, plainText } from './bitmap-font.js';
import type { Box, Picture, Point } from './picture.js';

/** Red, green, blue, 0..255. On a grey picture the green value is used. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface TextOptions {
  /** Pixels per font pixel, whole; 1 gives letters 7 pixels high. Default 1. */
  readonly scale?: number;
  /** Paints this colour behind the text. */
  readonly background?: Colour;
}

/** Fills the part of `box` that lies inside the picture; `opacity` 0..1 blends with what is there. */
export function fillRect(picture: Picture, box: Box, colour: Colour, opacity = 1): void {
  const left = Math.max(0, Math.round(box[0]));
  const top = Math.max(0, Math.round(box[1]));
  const right = Math.min(picture.width, Math.round(box[0] + box[2]));
  const bottom = Math.min(picture.height, Math.round(box[1] + box[3]));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) paint(picture, x, y, colour, opacity);
  }
}

/** Draws the outline of `box`, `thickness` pixels wide, inside the box's edges. */
export function drawBox(picture: Picture, box: Box, colour: Colour, thickness = 2): void {
  const [x, y, width, height] = box;
  const line = Math.min(thickness, width / 2, height / 2);
  if (!(line > 0)) return;
  fillRect(picture, [x, y, width, line], colour);
  fillRect(picture, [x, y + height - line, width, line], colour);
  fillRect(picture, [x, y + line, line, height - 2 * line], colour);
  fillRect(picture, [x + width - line, y + line, line, height - 2 * line], colour);
}

/** Width and height in pixels that `drawText` covers, background included. */
export function textSize(text: string, options: TextOptions = {}): { width: number; height: number } {
  const scale = options.scale ?? 1;
  const count = [...plainText(text)].length;
  return { width: (count * (glyphWidth + 1) + 1) * scale, height: (glyphHeight + 2) * scale };
}

/** Writes one line of text; `at` is the top left corner of the area that `textSize` gives. */
export function drawText(picture: Picture, text: string, at: Point, colour: Colour, options: TextOptions = {}): void {
  const scale = options.scale ?? 1;
  const { width, height } = textSize(text, options);
  const left = Math.round(at[0]);
  const top = Math.round(at[1]);
  if (options.background) fillRect(picture, [left, top, width, height], options.background);
  let x = left + scale;
  for (const character of plainText(text)) {
    if (x >= picture.width) return;
    const columns = glyph(character);
    for (let column = 0; column < glyphWidth; column++) {
      for (let row = 0; row < glyphHeight; row++) {
        if (((columns[column]! >> row) & 1) === 0) continue;
        fillRect(picture, [x + column * scale, top + (row + 1) * scale, scale, scale], colour);
      }
    }
    x += (glyphWidth + 1) * scale;
  }
}

function paint(picture: Picture, x: number, y: number, colour: Colour, opacity: number): void {
  const { channels, data } = picture;
  const start = (y * picture.width + x) * channels;
  if (channels === 1) {
    data[start] = blend(data[start]!, colour[1], opacity);
    return;
  }
  for (let c = 0; c < 3; c++) data[start + c] = blend(data[start + c]!, colour[c]!, opacity);
  if (channels === 4) data[start + 3] = 255;
}

function blend(below: number, above: number, opacity: number): number {
  return Math.round(below + (above - below) * opacity);
}
