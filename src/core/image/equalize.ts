// Histogram equalisation, bit for bit OpenCV's equalizeHist.
import type { GreyPicture } from './picture.js';

/** Spreads the grey values so that their distribution is as even as possible; one single value stays as it is. */
export function equalizeHistogram(grey: GreyPicture): GreyPicture {
  const { width, height, data } = grey;
  const counts = new Int32Array(256);
  for (let i = 0; i < data.length; i++) counts[data[i]!]!++;
  let lowest = 0;
  while (lowest < 255 && counts[lowest] === 0) lowest++;
  const out = new Uint8Array(data.length);
  const rest = data.length - counts[lowest]!;
  if (rest === 0) {
    out.set(data);
    return { width, height, channels: 1, data: out };
  }
  const table = new Uint8Array(256);
  // OpenCV scales in float32 and rounds half to even; both matter for equal bits.
  const scale = Math.fround(255 / rest);
  let sum = 0;
  for (let value = lowest + 1; value < 256; value++) {
    sum += counts[value]!;
    table[value] = roundHalfToEven(Math.fround(sum * scale));
  }
  for (let i = 0; i < data.length; i++) out[i] = table[data[i]!]!;
  return { width, height, channels: 1, data: out };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.min(255, fraction > 0.5 ? floor + 1 : floor);
  return floor % 2 === 0 ? floor : floor + 1;
}
