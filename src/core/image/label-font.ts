// Text as the page shows it: letters of a real font with smooth edges, at any height, into a picture's own pixels.
import { plainText } from './bitmap-font.js';
import type { Colour } from './draw.js';
import { glyphLetters, glyphLine, glyphPixels, glyphWidths } from './label-font-glyphs.js';
import type { Picture, Point } from './picture.js';

interface Glyph {
  readonly width: number;
  /** Coverage 0..1, row by row. */
  readonly coverage: Float32Array;
}

/** Of the space, as a share of the line's height. */
const spaceShare = 0.28;
/** Letters that were drawn at a height once are drawn so again and again; a video has few heights. */
const mostKept = 4000;

let source: ReadonlyMap<string, Glyph> | undefined;
const kept = new Map<string, Glyph>();

/** Width in pixels that `drawLabel` covers at a line height of `heightPx`. */
export function labelWidth(text: string, heightPx: number): number {
  let width = 0;
  for (const letter of lettersOf(text)) width += advanceOf(letter, heightPx);
  return Math.ceil(width);
}

/** Writes one line of text; `at` is the top left corner of its line, `heightPx` high. What lies outside the picture is left out. */
export function drawLabel(picture: Picture, text: string, at: Point, colour: Colour, heightPx: number): void {
  let x = at[0];
  for (const letter of lettersOf(text)) {
    if (x >= picture.width) return;
    if (letter !== ' ') paint(picture, sized(letter, heightPx), [Math.round(x), Math.round(at[1])], colour);
    x += advanceOf(letter, heightPx);
  }
}

/** The text's end is left out, marked by dots, where it would be wider than `widthPx`. */
export function fitLabel(text: string, heightPx: number, widthPx: number): string {
  if (labelWidth(text, heightPx) <= widthPx) return text;
  const letters = [...text];
  while (letters.length > 0 && labelWidth(`${letters.join('')}...`, heightPx) > widthPx) letters.pop();
  return letters.length === 0 ? '' : `${letters.join('').trimEnd()}...`;
}

/** With the letters that the font has: an accent that it lacks is dropped, another letter becomes a box. */
function* lettersOf(text: string): Generator<string> {
  for (const letter of text.normalize('NFC')) {
    if (/\s/.test(letter)) yield ' ';
    else if (glyphs().has(letter)) yield letter;
    else for (const plain of plainText(letter)) yield glyphs().has(plain) ? plain : missing;
  }
}

const missing = [...glyphLetters].at(-1)!;

function advanceOf(letter: string, heightPx: number): number {
  return letter === ' ' ? spaceShare * heightPx : (glyphs().get(letter)!.width * heightPx) / glyphLine;
}

/** The glyph at that line height: each pixel the mean of the part of the source that it covers. */
function sized(letter: string, heightPx: number): Glyph {
  const key = `${heightPx} ${letter}`;
  const known = kept.get(key);
  if (known) return known;
  const from = glyphs().get(letter)!;
  const scale = glyphLine / heightPx;
  const width = Math.max(1, Math.ceil(from.width / scale));
  const height = Math.max(1, Math.round(heightPx));
  const coverage = new Float32Array(width * height);
  // Larger than the source, between its pixels; smaller, over all that it covers.
  const samples = Math.max(1, Math.ceil(scale * 2));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let sy = 0; sy < samples; sy++) {
        for (let sx = 0; sx < samples; sx++) {
          sum += between(from, (x + (sx + 0.5) / samples) * scale - 0.5, (y + (sy + 0.5) / samples) * scale - 0.5);
        }
      }
      coverage[y * width + x] = sum / (samples * samples);
    }
  }
  if (kept.size >= mostKept) kept.clear();
  const made = { width, coverage };
  kept.set(key, made);
  return made;
}

function between({ width, coverage }: Glyph, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  const at = (column: number, row: number) =>
    column < 0 || column >= width || row < 0 || row >= glyphLine ? 0 : coverage[row * width + column]!;
  const above = at(left, top) * (1 - dx) + at(left + 1, top) * dx;
  const below = at(left, top + 1) * (1 - dx) + at(left + 1, top + 1) * dx;
  return above * (1 - dy) + below * dy;
}

function paint(picture: Picture, { width, coverage }: Glyph, at: Point, colour: Colour): void {
  const { channels, data } = picture;
  const height = coverage.length / width;
  for (let row = Math.max(0, -at[1]); row < height && at[1] + row < picture.height; row++) {
    for (let column = Math.max(0, -at[0]); column < width && at[0] + column < picture.width; column++) {
      const share = coverage[row * width + column]!;
      if (share === 0) continue;
      const start = ((at[1] + row) * picture.width + at[0] + column) * channels;
      for (let c = 0; c < Math.min(3, channels); c++) {
        const ink = channels === 1 ? colour[1] : colour[c]!;
        data[start + c] = Math.round(data[start + c]! + (ink - data[start + c]!) * share);
      }
      if (channels === 4) data[start + 3] = Math.max(data[start + 3]!, Math.round(255 * share));
    }
  }
}

function glyphs(): ReadonlyMap<string, Glyph> {
  source ??= readGlyphs();
  return source;
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function readGlyphs(): ReadonlyMap<string, Glyph> {
  const found = new Map<string, Glyph>();
  // Six bits a character; a glyph's pixels are four bits each.
  let offset = 0;
  [...glyphLetters].forEach((letter, i) => {
    const width = glyphWidths[i]!;
    const count = width * glyphLine;
    found.set(letter, { width, coverage: Float32Array.from({ length: count }, (_, n) => nibble(offset + n) / 15) });
    offset += count;
  });
  return found;
}

/** The four bits of that number. */
function nibble(index: number): number {
  const bit = 4 * index;
  const value =
    (base64.indexOf(glyphPixels[Math.floor(bit / 6)]!) << 6) |
    base64.indexOf(glyphPixels[Math.floor(bit / 6) + 1] ?? 'A');
  return (value >> (8 - (bit % 6))) & 15;
}
