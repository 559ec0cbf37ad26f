// Contact sheets: where the cells lie, what surrounds them, and that captions can be read.
import { describe, expect, it } from 'vitest';
import type { Colour } from '../../core/image/draw.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import { contactSheet } from './contact-sheet.js';

const grey = (value: number, width = 4, height = 4): GreyPicture => ({
  width,
  height,
  channels: 1,
  data: new Uint8Array(width * height).fill(value),
});

function pixel({ data, width }: Picture, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x + 1) * 4)];
}

function count(picture: Picture, [r, g, b]: Colour): number {
  let found = 0;
  for (let i = 0; i < picture.data.length; i += 4) {
    const [red, green, blue, alpha] = picture.data.subarray(i, i + 4);
    if (red === r && green === g && blue === b && alpha === 255) found++;
  }
  return found;
}

describe('contactSheet', () => {
  it('lays the cells out row by row on a transparent ground', () => {
    const cells = [10, 20, 30].map((value) => ({ picture: grey(value) }));
    const sheet = contactSheet(cells, { columns: 2, scale: 1 });
    // Pictures of 4 within frames of 4, with gaps of 8: they begin at 12 and 32.
    expect([sheet.width, sheet.height, sheet.channels, sheet.data.length]).toEqual([48, 48, 4, 48 * 48 * 4]);
    expect(pixel(sheet, 12, 12)).toEqual([10, 10, 10, 255]);
    expect(pixel(sheet, 32, 12)).toEqual([20, 20, 20, 255]);
    expect(pixel(sheet, 12, 32)).toEqual([30, 30, 30, 255]);
    expect(pixel(sheet, 32, 32)).toEqual([0, 0, 0, 0]);
    expect(pixel(sheet, 11, 12)).toEqual([0, 0, 0, 0]);
    expect(count(sheet, [10, 10, 10])).toBe(16);
  });

  it('enlarges by repeating pixels, or smoothly', () => {
    const picture: GreyPicture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 200) };
    const row = (sheet: Picture) => Array.from({ length: 8 }, (_, x) => pixel(sheet, 12 + x, 12)[0]);
    const options = { columns: 1, scale: 4 };
    expect(row(contactSheet([{ picture }], options))).toEqual([0, 0, 0, 0, 200, 200, 200, 200]);
    expect(row(contactSheet([{ picture }], { ...options, enlargement: 'bilinear' }))).toEqual([
      0, 0, 25, 75, 125, 175, 200, 200,
    ]);
  });

  it('shows colours', () => {
    const picture: Picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(10, 20, 30, 40, 50, 60) };
    const sheet = contactSheet([{ picture }], { columns: 1, scale: 2 });
    expect([12, 13, 14].map((x) => pixel(sheet, x, 13))).toEqual([
      [10, 20, 30, 255],
      [10, 20, 30, 255],
      [40, 50, 60, 255],
    ]);
  });

  it('centres smaller pictures in cells as large as the largest', () => {
    const sheet = contactSheet([{ picture: grey(1, 6, 8) }, { picture: grey(2, 2, 2) }], { columns: 2, scale: 1 });
    expect([sheet.width, sheet.height]).toEqual([8 + 2 * (14 + 8), 8 + 16 + 8]);
    expect(pixel(sheet, 8 + 14 + 8 + 4 + 2, 12 + 3)).toEqual([2, 2, 2, 255]);
  });

  const red: Colour = [200, 30, 40];
  const yellow: Colour = [250, 220, 60];
  const white: Colour = [255, 255, 255];

  it('frames a cell, with the captions on the frame in white or dark', () => {
    const caption = ['H'];
    const framed = (frame: Colour) =>
      contactSheet([{ picture: grey(9, 8, 8), captions: caption, frame }], { columns: 1, scale: 1 });
    const onRed = framed(red);
    expect(pixel(onRed, 8, 8)).toEqual([...red, 255]);
    expect(pixel(onRed, 7, 8)).toEqual([0, 0, 0, 0]);
    // The letter H has 17 pixels.
    expect([count(onRed, white), count(framed(yellow), white)]).toEqual([17, 0]);
    expect(count(framed(yellow), [16, 18, 22])).toBe(17);
    expect(count(onRed, red)).toBe(16 * (16 + 9) - 64 - 17);
  });

  it('puts captions without a frame on a ground of their own, readable anywhere', () => {
    const sheet = contactSheet([{ picture: grey(9), captions: ['H', 'H'] }, { picture: grey(9) }], {
      columns: 2,
      scale: 1,
    });
    expect(count(sheet, white)).toBe(34);
    expect(pixel(sheet, 12, 16)[3]).toBe(255);
    // The other cell has no captions, so nothing is under it.
    expect(pixel(sheet, sheet.width - 13, 17)[3]).toBe(0);
  });

  it('makes the cells wide enough for captions, up to 40 characters', () => {
    const widthFor = (length: number) =>
      contactSheet([{ picture: grey(0), captions: ['x'.repeat(length)] }], { columns: 1, scale: 2 }).width;
    expect(widthFor(20)).toBe(8 + 8 + 20 * 6 + 1 + 8);
    expect(widthFor(400)).toBe(widthFor(40));
  });

  it('draws the same sheet each time', () => {
    const cells = [{ picture: grey(7), captions: ['row 1'], frame: red }];
    expect(contactSheet(cells, { columns: 3 })).toEqual(contactSheet(cells, { columns: 3 }));
  });

  it('refuses no cells, odd numbers and a sheet that would fill the memory', () => {
    const cells = [{ picture: grey(0) }];
    expect(() => contactSheet([], { columns: 1 })).toThrow(/cells must be .* found 0/);
    expect(() => contactSheet(cells, { columns: 0 })).toThrow(/columns/);
    expect(() => contactSheet(cells, { columns: 1, scale: 1.5 })).toThrow(/scale/);
    expect(() => contactSheet(cells, { columns: 1, scale: 1e5 })).toThrow(RangeError);
  });
});
