// Contact sheets: many small pictures in one, each with captions and an optional coloured frame.
import { type Colour, drawText, fillRect, textSize } from '../../core/image/draw.js';
import type { Picture } from '../../core/image/picture.js';
import { resize } from '../../core/image/resize.js';
import { inkOn } from './ink-on.js';

export interface ContactSheetCell {
  /** Grey or colour. */
  readonly picture: Picture;
  /** Caption lines. The cells grow to hold them; lines over 40 characters are shortened. */
  readonly captions?: readonly string[];
  /** Colour of the frame and the captions' background; the captions are white or dark for contrast. */
  readonly frame?: Colour;
}

export interface ContactSheetOptions {
  /** Cells in a row. */
  readonly columns: number;
  /** Sheet pixels per picture pixel, whole. Default 2. */
  readonly scale?: number;
  /** `nearest` shows the pixels as they are, `bilinear` is smoother. Default `nearest`. */
  readonly enlargement?: 'nearest' | 'bilinear';
}

/** Background of the captions of a cell without a frame: readable on light and dark pages. */
const plain: Colour = [52, 60, 76];

const gapPx = 8;
const framePx = 4;
const longestCaption = 40;
/** 2^28 bytes: far above any useful sheet. */
const maxBytes = 1 << 28;

interface Layout {
  readonly columns: number;
  readonly scale: number;
  readonly captionScale: number;
  readonly pictureHeight: number;
  readonly captionHeight: number;
  /** Size of a cell with its frame, without the gap. */
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/**
 * Lays the cells out row by row, each as large as the largest one needs. Returns an RGBA picture with a transparent
 * background, so that one sheet fits light and dark pages. Throws RangeError when there are no cells, or the sheet would be over 2^28 bytes.
 */
export function contactSheet(cells: readonly ContactSheetCell[], options: ContactSheetOptions): Picture {
  const layout = layOut(cells, options);
  const rows = Math.ceil(cells.length / layout.columns);
  const width = gapPx + Math.min(cells.length, layout.columns) * (layout.cellWidth + gapPx);
  const height = gapPx + rows * (layout.cellHeight + gapPx);
  if (!(width * height * 4 <= maxBytes)) {
    throw new RangeError(`contactSheet: a sheet may have ${maxBytes} bytes, and ${width}x${height} pixels have more`);
  }
  const sheet: Picture = { width, height, channels: 4, data: new Uint8Array(width * height * 4) };
  cells.forEach((cell, i) => {
    const left = gapPx + (i % layout.columns) * (layout.cellWidth + gapPx);
    const top = gapPx + Math.floor(i / layout.columns) * (layout.cellHeight + gapPx);
    drawCell(sheet, cell, { left, top, layout, bilinear: options.enlargement === 'bilinear' });
  });
  return sheet;
}

/** The scale at which pictures of any width come out about as large as pictures of 48 pixels do at `scale`. */
export function sheetScale(widthPx: number, scale: number): number {
  return Math.max(1, Math.round((48 * scale) / widthPx));
}

function layOut(cells: readonly ContactSheetCell[], { columns, scale = 2 }: ContactSheetOptions): Layout {
  for (const [name, value] of Object.entries({ cells: cells.length, columns, scale })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`contactSheet: ${name} must be a whole number of at least 1, found ${value}`);
    }
  }
  const captionScale = Math.max(1, Math.round(scale / 2));
  const captions = cells.flatMap((cell) => cell.captions ?? []).map(shorten);
  const lines = cells.reduce((most, cell) => Math.max(most, cell.captions?.length ?? 0), 0);
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);
  const captionWidth = largest(captions.map((text) => textSize(text, { scale: captionScale }).width));
  const pictureWidth = largest(cells.map(({ picture }) => picture.width * scale));
  const pictureHeight = largest(cells.map(({ picture }) => picture.height * scale));
  const captionHeight = lines * textSize('', { scale: captionScale }).height;
  return {
    columns,
    scale,
    captionScale,
    pictureHeight,
    captionHeight,
    cellWidth: Math.max(pictureWidth, captionWidth) + 2 * framePx,
    cellHeight: pictureHeight + captionHeight + 2 * framePx,
  };
}

interface CellPlace {
  readonly left: number;
  readonly top: number;
  readonly layout: Layout;
  readonly bilinear: boolean;
}

function drawCell(sheet: Picture, { picture, captions = [], frame }: ContactSheetCell, place: CellPlace): void {
  const { left, top, layout, bilinear } = place;
  const { scale, captionScale, cellWidth, cellHeight } = layout;
  if (frame) fillRect(sheet, [left, top, cellWidth, cellHeight], frame);
  const captionTop = top + framePx + layout.pictureHeight;
  if (!frame && captions.length > 0) {
    fillRect(sheet, [left + framePx, captionTop, cellWidth - 2 * framePx, layout.captionHeight], plain);
  }
  const enlarged = bilinear
    ? resize(picture, picture.width * scale, picture.height * scale)
    : repeatPixels(picture, scale);
  const x = left + Math.floor((cellWidth - enlarged.width) / 2);
  paste(sheet, enlarged, x, top + framePx + Math.floor((layout.pictureHeight - enlarged.height) / 2));
  const colour = inkOn(frame ?? plain);
  captions.forEach((text, line) => {
    const { height } = textSize(text, { scale: captionScale });
    drawText(sheet, shorten(text), [left + framePx, captionTop + line * height], colour, { scale: captionScale });
  });
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= longestCaption ? text : `${characters.slice(0, longestCaption - 3).join('')}...`;
}

function repeatPixels({ width: from, height: rows, channels, data: pixels }: Picture, scale: number): Picture {
  const width = from * scale;
  const height = rows * scale;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, o = 0; y < height; y++) {
    const row = Math.floor(y / scale) * from;
    for (let x = 0; x < width; x++) {
      const start = (row + Math.floor(x / scale)) * channels;
      for (let c = 0; c < channels; c++) data[o++] = pixels[start + c]!;
    }
  }
  return { width, height, channels, data };
}

function paste(sheet: Picture, { width, height, channels, data }: Picture, left: number, top: number): void {
  // Of a grey picture the one channel is all three.
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let y = 0; y < height; y++) {
    let to = ((top + y) * sheet.width + left) * 4;
    for (let x = 0; x < width; x++, to += 4) {
      const from = (y * width + x) * channels;
      sheet.data[to] = data[from]!;
      sheet.data[to + 1] = data[from + green]!;
      sheet.data[to + 2] = data[from + blue]!;
      sheet.data[to + 3] = 255;
    }
  }
}
