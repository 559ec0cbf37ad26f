// Random changes of training pictures: mirror, zoom, shift and rotation in one bilinear warp, then light, then random erasing.
import type { Random } from '../numbers/random.js';
import { changeLight, type LightOptions } from './light.js';

/** Strengths; 0 (or a zoom of [1, 1]) turns a part off. */
export interface Augmentation {
  /** Probability of mirroring. */
  readonly flip: number;
  /** Largest rotation either way, degrees. */
  readonly rotation: number;
  /** Range of the scale factor; above 1 the face grows. */
  readonly zoom: readonly [low: number, high: number];
  /** Largest shift either way, share of the crop's side. */
  readonly shift: number;
  /** Changes of light, focus and sensor noise; null for none. */
  readonly light: LightOptions | null;
  /** Random erasing (Zhong et al. 2017): probability, and the range of the erased share of the area. */
  readonly erasing: { readonly probability: number; readonly area: readonly [low: number, high: number] };
}

/** A stack of equally large grey pictures and where one of them begins. */
export interface SourcePicture {
  readonly pixels: Uint8Array;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
}

/** Where a crop is written, `width * height` values from `offset`, and the part of the picture that it shows. */
export interface CropTarget {
  readonly values: Float32Array;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  /** Size of the part shown, pixels of the source; the target's own size when it is shown as large as it is. */
  readonly view: { readonly width: number; readonly height: number };
}

/** Copies the centre part of a picture as it is: what validation and the model file see. */
export function centreCrop(source: SourcePicture, target: CropTarget): void {
  if (target.view.width !== target.width || target.view.height !== target.height) {
    warp(source, target, identity);
    return;
  }
  const left = (source.width - target.width) >> 1;
  const top = (source.height - target.height) >> 1;
  for (let y = 0; y < target.height; y++) {
    const from = source.offset + (y + top) * source.width + left;
    const to = target.offset + y * target.width;
    for (let x = 0; x < target.width; x++) target.values[to + x] = source.pixels[from + x]!;
  }
}

/** Writes one randomly changed crop. The same random state gives the same crop. Outside the picture its border is repeated. */
export function augment(source: SourcePicture, target: CropTarget, options: Augmentation, random: Random): void {
  warp(source, target, drawMotion(target, options, random));
  if (options.light !== null) changeLight(target, options.light, random);
  if (random.next() < options.erasing.probability) erase(target, options.erasing.area, random);
}

/** Where the target's pixels lie in the source, about the centres of the two: mirrored, turned and scaled, then shifted. */
interface Motion {
  readonly mirror: 1 | -1;
  readonly angleRad: number;
  /** Source pixels a target pixel, apart from the scale between view and target. */
  readonly scale: number;
  /** Source pixels. */
  readonly shiftX: number;
  readonly shiftY: number;
}

const identity: Motion = { mirror: 1, angleRad: 0, scale: 1, shiftX: 0, shiftY: 0 };

function drawMotion({ view }: CropTarget, { flip, rotation, zoom, shift }: Augmentation, random: Random): Motion {
  return {
    mirror: random.next() < flip ? -1 : 1,
    angleRad: (random.between(-rotation, rotation) * Math.PI) / 180,
    scale: 1 / random.between(...zoom),
    shiftX: random.between(-shift, shift) * view.width,
    shiftY: random.between(-shift, shift) * view.height,
  };
}

/** The innermost loop of training's preparation: no allocation, and everything that a row or a picture shares outside. */
function warp(source: SourcePicture, target: CropTarget, motion: Motion): void {
  const { pixels, offset, width, height } = source;
  const { values, width: columns, height: rows } = target;
  const perPixel = (motion.scale * target.view.width) / columns;
  const cos = Math.cos(motion.angleRad) * perPixel;
  const sin = Math.sin(motion.angleRad) * perPixel;
  const [stepX, stepY] = [cos * motion.mirror, sin * motion.mirror];
  // Centres of the two pictures; with nothing changed, source = target + (source centre - target centre), as centreCrop.
  const [targetX, targetY] = [(columns - 1) / 2, (rows - 1) / 2];
  const [lastX, lastY] = [width - 1, height - 1];
  const [sourceX, sourceY] = [lastX / 2 + motion.shiftX, lastY / 2 + motion.shiftY];
  // At the right and lower border the pixel before the last is taken, with all weight on its neighbour.
  const [lastLeft, lastTop] = [Math.max(width - 2, 0), Math.max(height - 2, 0)];
  const [right, below] = [width > 1 ? 1 : 0, height > 1 ? width : 0];
  let to = target.offset;
  for (let row = 0; row < rows; row++) {
    const [rowX, rowY] = [sourceX - sin * (row - targetY), sourceY + cos * (row - targetY)];
    for (let column = 0; column < columns; column++) {
      let x = rowX + stepX * (column - targetX);
      let y = rowY + stepY * (column - targetX);
      x = x < 0 ? 0 : x > lastX ? lastX : x;
      y = y < 0 ? 0 : y > lastY ? lastY : y;
      let left = x | 0;
      let top = y | 0;
      if (left > lastLeft) left = lastLeft;
      if (top > lastTop) top = lastTop;
      const upper = offset + top * width + left;
      const lower = upper + below;
      const [fx, fy] = [x - left, y - top];
      const upperGrey = pixels[upper]! + fx * (pixels[upper + right]! - pixels[upper]!);
      const lowerGrey = pixels[lower]! + fx * (pixels[lower + right]! - pixels[lower]!);
      values[to++] = upperGrey + fy * (lowerGrey - upperGrey);
    }
  }
}

/** Fills a random rectangle with one random grey value. */
function erase(target: CropTarget, area: readonly [number, number], random: Random): void {
  const size = random.between(...area) * target.width * target.height;
  const aspect = Math.exp(random.between(-1.2, 1.2));
  const w = Math.min(target.width, Math.max(1, Math.round(Math.sqrt(size * aspect))));
  const h = Math.min(target.height, Math.max(1, Math.round(Math.sqrt(size / aspect))));
  const left = random.integer(target.width - w + 1);
  const top = random.integer(target.height - h + 1);
  const grey = random.between(0, 255);
  for (let y = top; y < top + h; y++) {
    const from = target.offset + y * target.width + left;
    target.values.fill(grey, from, from + w);
  }
}
