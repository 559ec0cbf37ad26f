// Slides a cascade's window over one scale of a picture.
import { type HaarCascade, rectsPerFeature } from './cascade.js';
import type { IntegralImages } from './integral-images.js';

const offsetsPerFeature = rectsPerFeature * 4;

/** Where a cascade's features and the window's own sum lie in integral images of one stride, counted from the window's corner. */
interface Layout {
  /** `[features, 3, 4]`: the corners of the rectangles, upper left, upper right, lower left, lower right. */
  readonly corners: Int32Array;
  /** The same of the part of the window that its contrast is taken from: all but its outermost pixels. */
  readonly inner: readonly [number, number, number, number];
  readonly innerArea: number;
}

/** Called for every window that passes, with its corner in the pixels of the scale. */
export type OnWindow = (x: number, y: number) => void;

/**
 * Tries every `step`-th window, row by row, and calls back for those that pass all stages, exactly as OpenCV 4.6 does: sums of features in float32, those of
 * leaves in float64, windows with next to no contrast passed over, and the next one in a row left out where the first stage says no.
 */
export function scanCascade(cascade: HaarCascade, images: IntegralImages, step: number, onWindow: OnWindow): void {
  const { stride } = images;
  const layout = layoutOf(cascade, stride);
  const [width, height] = [stride - 1, images.sums.length / stride - 1];
  const [lastX, lastY] = [width - cascade.width, height - cascade.height];
  const judge = cascade.isOfStumps ? judgeStumps : judgeTrees;
  for (let y = 0; y <= lastY; y += step) {
    for (let x = 0; x <= lastX; x += step) {
      const at = y * stride + x;
      const factor = contrastFactor(images, layout, at);
      if (factor === 0) continue;
      const stage = judge(cascade, images.sums, layout.corners, at, factor);
      if (stage < 0) onWindow(x, y);
      else if (stage === 0) x += step;
    }
  }
}

function layoutOf({ width, height, features: { rects } }: HaarCascade, stride: number): Layout {
  const corners = new Int32Array(rects.length);
  for (let i = 0; i < rects.length; i += 4) {
    corners.set(cornersOf(rects[i]!, rects[i + 1]!, rects[i + 2]!, rects[i + 3]!, stride), i);
  }
  return { corners, inner: cornersOf(1, 1, width - 2, height - 2, stride), innerArea: (width - 2) * (height - 2) };
}

function cornersOf(
  x: number,
  y: number,
  width: number,
  height: number,
  stride: number,
): [number, number, number, number] {
  const [top, bottom] = [y * stride, (y + height) * stride];
  return [top + x, top + x + width, bottom + x, bottom + x + width];
}

/** What features are multiplied with; 0 for a window that is passed over. */
function contrastFactor({ sums, squares }: IntegralImages, { inner, innerArea }: Layout, at: number): number {
  const [p, q, r, s] = inner;
  const sum = sums[at + p]! - sums[at + q]! - sums[at + r]! + sums[at + s]!;
  const square = (squares[at + p]! - squares[at + q]! - squares[at + r]! + squares[at + s]!) >>> 0;
  const variance = innerArea * square - sum * sum;
  if (!(variance > 0)) return 0;
  const factor = Math.fround(1 / Math.sqrt(variance));
  return innerArea * factor < 1e-1 ? factor : 0;
}

/** The stage that refuses the window, or -1. */
type Judge = (cascade: HaarCascade, sums: Int32Array, corners: Int32Array, at: number, factor: number) => number;

const judgeStumps: Judge = ({ stages, nodes, leaves, features: { weights } }, sums, corners, at, factor) => {
  const { firstTree, threshold } = stages;
  const last = threshold.length;
  for (let stage = 0, node = 0; stage < last; stage++) {
    let sum = 0;
    for (const end = firstTree[stage + 1]!; node < end; node++) {
      const value = featureValue(nodes.feature[node]!, weights, sums, corners, at) * factor;
      sum += leaves[2 * node + (Math.fround(value) < nodes.threshold[node]! ? 0 : 1)]!;
    }
    if (sum < threshold[stage]!) return stage;
  }
  return -1;
};

const judgeTrees: Judge = (cascade, sums, corners, at, factor) => {
  const { stages, trees, nodes, leaves, features } = cascade;
  for (let stage = 0; stage < stages.threshold.length; stage++) {
    let sum = 0;
    for (let tree = stages.firstTree[stage]!; tree < stages.firstTree[stage + 1]!; tree++) {
      const root = trees.firstNode[tree]!;
      let next = 0;
      do {
        const node = root + next;
        const value = featureValue(nodes.feature[node]!, features.weights, sums, corners, at) * factor;
        next = Math.fround(value) < nodes.threshold[node]! ? nodes.below[node]! : nodes.above[node]!;
      } while (next > 0);
      sum += leaves[trees.firstLeaf[tree]! - next]!;
    }
    if (sum < stages.threshold[stage]!) return stage;
  }
  return -1;
};

function featureValue(
  feature: number,
  weights: Float32Array,
  sums: Int32Array,
  corners: Int32Array,
  at: number,
): number {
  const first = feature * rectsPerFeature;
  const k = feature * offsetsPerFeature;
  const a =
    sums[at + corners[k]!]! - sums[at + corners[k + 1]!]! - sums[at + corners[k + 2]!]! + sums[at + corners[k + 3]!]!;
  const b =
    sums[at + corners[k + 4]!]! -
    sums[at + corners[k + 5]!]! -
    sums[at + corners[k + 6]!]! +
    sums[at + corners[k + 7]!]!;
  const two = Math.fround(Math.fround(weights[first]! * a) + Math.fround(weights[first + 1]! * b));
  const weight = weights[first + 2]!;
  if (weight === 0) return two;
  const c =
    sums[at + corners[k + 8]!]! -
    sums[at + corners[k + 9]!]! -
    sums[at + corners[k + 10]!]! +
    sums[at + corners[k + 11]!]!;
  return Math.fround(two + Math.fround(weight * c));
}
