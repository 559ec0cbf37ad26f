// From a MediaPipe face network's raw outputs to candidates (TensorsToDetectionsCalculator).

/** Numbers per candidate: score, then left, top, right, bottom, then six key points x, y. */
export const candidateSize = 17;

/** Values per anchor in the network's `boxes`: centre x, y, width, height, six key points x, y. */
const VALUES = 16;

/** MediaPipe clips the logits, which reach -10,000, before its sigmoid. */
const LARGEST_LOGIT = 100;

/**
 * The anchors with a score of at least `minScore`, `candidateSize` numbers each in the order above, positions 0..1 of the
 * network's input. `boxes` is [anchors, 16] in input pixels relative to the anchor, `scores` [anchors] logits.
 */
export function decodeDetections(
  boxes: Float32Array,
  scores: Float32Array,
  anchors: Float32Array,
  inputSize: number,
  minScore: number,
): number[][] {
  const candidates: number[][] = [];
  // Comparing logits spares the sigmoid of thousands of anchors.
  const minLogit = Math.log(minScore / (1 - minScore));
  const count = anchors.length / 2;
  for (let i = 0; i < count; i++) {
    if (scores[i]! < minLogit) continue;
    const candidate = decodeOne(boxes, i, scores[i]!, anchors, inputSize);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates;
}

/** Undefined for a box that is empty or not finite. */
function decodeOne(
  boxes: Float32Array,
  i: number,
  logit: number,
  anchors: Float32Array,
  inputSize: number,
): number[] | undefined {
  const anchorX = anchors[2 * i]!;
  const anchorY = anchors[2 * i + 1]!;
  const at = i * VALUES;
  const x = boxes[at]! / inputSize + anchorX;
  const y = boxes[at + 1]! / inputSize + anchorY;
  const halfWidth = boxes[at + 2]! / inputSize / 2;
  const halfHeight = boxes[at + 3]! / inputSize / 2;
  if (!(halfWidth > 0 && halfHeight > 0)) return undefined;
  const score = 1 / (1 + Math.exp(-Math.min(LARGEST_LOGIT, Math.max(-LARGEST_LOGIT, logit))));
  const candidate = [score, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
  for (let k = 4; k < VALUES; k += 2) {
    candidate.push(boxes[at + k]! / inputSize + anchorX, boxes[at + k + 1]! / inputSize + anchorY);
  }
  return candidate.every(Number.isFinite) ? candidate : undefined;
}
