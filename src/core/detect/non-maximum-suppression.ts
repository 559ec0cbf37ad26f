// Non-maximum suppression: one detection per object, plain or MediaPipe's weighted kind.
import type { Box } from '../image/picture.js';

/** A rectangle by its edges, as read from a candidate. */
type Edges = readonly [left: number, top: number, right: number, bottom: number];

/** Area shared by two rectangles over the area that they cover together, 0..1. */
export function intersectionOverUnion(a: Edges, b: Edges): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  const union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared;
  return shared / union;
}

/** `intersectionOverUnion` of two boxes `[x, y, width, height]`. */
export function boxOverlap(a: Box, b: Box): number {
  return intersectionOverUnion([a[0], a[1], a[0] + a[2], a[1] + a[3]], [b[0], b[1], b[0] + b[2], b[1] + b[3]]);
}

/**
 * Keeps the best candidate of every group that overlaps by more than `maxOverlap` (intersection over union), best first.
 * A candidate is `[score, left, top, right, bottom, ...more positions]`. With `weighted`, the positions become the group's
 * mean weighted by score, which steadies boxes from frame to frame; the score stays the best one's.
 */
export function suppressNonMaxima(
  candidates: readonly (readonly number[])[],
  options: { readonly maxOverlap: number; readonly weighted: boolean },
): number[][] {
  let rest = [...candidates].sort((a, b) => b[0]! - a[0]!);
  const kept: number[][] = [];
  while (rest.length > 0) {
    const best = rest[0]!;
    const edges = edgesOf(best);
    const group: (readonly number[])[] = [best];
    const others: (readonly number[])[] = [];
    for (let i = 1; i < rest.length; i++) {
      const candidate = rest[i]!;
      if (intersectionOverUnion(edges, edgesOf(candidate)) > options.maxOverlap) group.push(candidate);
      else others.push(candidate);
    }
    kept.push(options.weighted ? weightedMean(group) : [...best]);
    rest = others;
  }
  return kept;
}

function edgesOf(candidate: readonly number[]): Edges {
  return [candidate[1]!, candidate[2]!, candidate[3]!, candidate[4]!];
}

/** `group[0]` is the best one. */
function weightedMean(group: readonly (readonly number[])[]): number[] {
  const best = group[0]!;
  const total = group.reduce((sum, candidate) => sum + candidate[0]!, 0);
  return best.map((value, i) => {
    if (i === 0 || group.length === 1 || total === 0) return value;
    return group.reduce((sum, candidate) => sum + candidate[0]! * candidate[i]!, 0) / total;
  });
}
