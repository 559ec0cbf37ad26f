import { describe, expect, it } from 'vitest';
import { drawBox, drawText, fillRect, textSize } from './draw.js';
import type { Picture } from './picture.js';

function black(width: number, height: number, channels: 1 | 3 | 4 = 1): Picture {
  return { width, height, channels, data: new Uint8Array(width * height * channels) };
}

function rows(picture: Picture): string[] {
  return Array.from({ length: picture.height }, (_, y) =>
    Array.from({ length: picture.width }, (_, x) =>
      picture.data[(y * picture.width + x) * picture.channels + (picture.channels > 1 ? 1 : 0)]! > 0 ? '#' : '.',
    ).join(''),
  );
}

const white = [255, 255, 255] as const;

describe('draw', () => {
  it('draws the outline inside the box', () => {
    const picture = black(6, 5, 3);
    drawBox(picture, [1, 1, 4, 3], white, 1);
    expect(rows(picture)).toEqual(['......', '.####.', '.#..#.', '.####.', '......']);
  });

  it('clips boxes that reach past the border or are not numbers', () => {
    const picture = black(4, 3, 4);
    drawBox(picture, [-10, -10, 12, 12], white, 1);
    expect(rows(picture)).toEqual(['.#..', '##..', '....']);
    fillRect(picture, [Number.NaN, 0, 5, 5], white);
    fillRect(picture, [0, 0, 1e12, 1e12], white);
    expect(rows(picture).join('')).toBe('#'.repeat(12));
  });

  it('blends by opacity and makes RGBA pixels opaque', () => {
    const picture = black(1, 1, 4);
    fillRect(picture, [0, 0, 1, 1], [200, 100, 50], 0.5);
    expect([...picture.data]).toEqual([100, 50, 25, 255]);
  });

  it('writes readable letters', () => {
    const { width, height } = textSize('Hi');
    const picture = black(width, height);
    drawText(picture, 'Hi', [0, 0], white);
    expect(rows(picture)).toEqual([
      '.............',
      '.#...#...#...',
      '.#...#.......',
      '.#...#..##...',
      '.#####...#...',
      '.#...#...#...',
      '.#...#...#...',
      '.#...#..###..',
      '.............',
    ]);
  });

  it('drops accents and boxes what the font lacks', () => {
    const one = black(20, 9);
    const other = black(20, 9);
    drawText(one, 'Zoë', [0, 0], white);
    drawText(other, 'Zoe', [0, 0], white);
    expect(rows(one)).toEqual(rows(other));
    const missing = black(8, 9);
    drawText(missing, '漢', [0, 0], white);
    expect(rows(missing)[1]).toBe('.#####..');
    expect(textSize('漢字').width).toBe(13);
  });
});
