// Slides a cascade's window over one scale of a picture.
import { type HaarCascade, rectsPerFeature } from './cascade.js';
import type { IntegralImages } from './integral-images.js';

/** Called for every window that passes, with its corner in the pixels of the scale. */
export type OnWindow = (x: number, y: number) => void;

/**
 * Tries every `step`-th window, row by row, and calls back for those that pass all stages, exactly as OpenCV 4.6 does: features in float32,
 * sums of leaves in float64, windows of almost no contrast skipped, and after a window that the first stage refuses the next
 * one in the row skipped too.
 */
export function scanCascade(cascade: HaarCascade, images: IntegralImages, step: number, onWindow: OnWindow): void {
  const { stride, sums } = images;
  const [lastX, lastY] = [stride - 1 - cascade.width, sums.length / stride - 1 - cascade.height];
  const corners = cornersOf(cascade.nodes.rects, stride);
  // All but the outermost pixels.
  const inner = cornersOf(Int32Array.of(1, 1, cascade.width - 2, cascade.height - 2), stride);
  const area = (cascade.width - 2) * (cascade.height - 2);
  const refusingStage = cascade.isOfStumps ? refusingStageOfStumps : refusingStageOfTrees;
  for (let y = 0; y <= lastY; y += step) {
    for (let x = 0; x <= lastX; x += step) {
      const at = y * stride + x;
      const factor = contrastFactor(images, inner, area, at);
      if (factor === 0) continue;
      const stage = refusingStage(cascade, sums, corners, at, factor);
      if (stage < 0) onWindow(x, y);
      else if (stage === 0) x += step;
    }
  }
}

/** `[rectangles, 4]` from x, y, width, height: upper left and right, lower left and right in an integral image, counted from the window's corner. */
function cornersOf(rects: Int32Array, stride: number): Int32Array {
  const corners = new Int32Array(rects.length);
  for (let k = 0; k < rects.length; k += 4) {
    const top = rects[k]! + rects[k + 1]! * stride;
    const bottom = top + rects[k + 3]! * stride;
    corners[k] = top;
    corners[k + 1] = top + rects[k + 2]!;
    corners[k + 2] = bottom;
    corners[k + 3] = bottom + rects[k + 2]!;
  }
  return corners;
}

/** Factor for the features of the window at a place; 0 for a window that is skipped. */
function contrastFactor({ sums, squares }: IntegralImages, inner: Int32Array, area: number, at: number): number {
  const sum = sumAt(sums, inner, 0, at);
  const variance = area * (sumAt(squares, inner, 0, at) >>> 0) - sum * sum;
  if (!(variance > 0)) return 0;
  const factor = Math.fround(1 / Math.sqrt(variance));
  return area * factor < 1e-1 ? factor : 0;
}

function sumAt(sums: Int32Array, corners: Int32Array, k: number, at: number): number {
  return (
    (sums[at + corners[k]!]! -
      sums[at + corners[k + 1]!]! -
      sums[at + corners[k + 2]!]! +
      sums[at + corners[k + 3]!]!) |
    0
  );
}

/** The value of a node's feature as a float32, like OpenCV's: only its product is rounded, as sums with whole weights are exact. */
function featureValue(
  weights: Int32Array,
  sums: Int32Array,
  corners: Int32Array,
  node: number,
  at: number,
  factor: number,
): number {
  const w = rectsPerFeature * node;
  let sum =
    (Math.imul(weights[w]!, sumAt(sums, corners, 4 * w, at)) +
      Math.imul(weights[w + 1]!, sumAt(sums, corners, 4 * w + 4, at))) |
    0;
  const third = weights[w + 2]!;
  if (third !== 0) sum = (sum + Math.imul(third, sumAt(sums, corners, 4 * w + 8, at))) | 0;
  return Math.fround(sum * factor);
}

/** The stage that refuses the window at a place, or -1. */
type RefusingStage = (
  cascade: HaarCascade,
  sums: Int32Array,
  corners: Int32Array,
  at: number,
  factor: number,
) => number;

const refusingStageOfStumps: RefusingStage = ({ stages, nodes, leaves }, sums, corners, at, factor) => {
  const { firstTree, threshold } = stages;
  const { threshold: limits, weights } = nodes;
  for (let stage = 0, node = 0; stage < threshold.length; stage++) {
    let sum = 0;
    for (const end = firstTree[stage + 1]!; node < end; node++) {
      const value = featureValue(weights, sums, corners, node, at, factor);
      sum += value < limits[node]! ? leaves[2 * node]! : leaves[2 * node + 1]!;
    }
    if (sum < threshold[stage]!) return stage;
  }
  return -1;
};

const refusingStageOfTrees: RefusingStage = (cascade, sums, corners, at, factor) => {
  const { firstTree, threshold } = cascade.stages;
  const { threshold: limits, weights, below, above } = cascade.nodes;
  const { leaves, roots } = cascade;
  for (let stage = 0, tree = 0; stage < threshold.length; stage++) {
    let sum = 0;
    for (const end = firstTree[stage + 1]!; tree < end; tree++) {
      let node = roots[tree]!;
      do {
        const value = featureValue(weights, sums, corners, node, at, factor);
        node = value < limits[node]! ? below[node]! : above[node]!;
      } while (node >= 0);
      sum += leaves[~node]!;
    }
    if (sum < threshold[stage]!) return stage;
  }
  return -1;
};
