// Overlapping detections of the same face become one box, as OpenCV's groupRectangles joins them.
import type { Box } from '../../image/picture.js';
import { roundHalfEven } from './round-half-even.js';

/** How far two boxes' sides may differ, as a share of their mean side. */
const tolerance = 0.2;

/** A joined box, and of how many. */
export interface BoxGroup {
  readonly box: Box;
  readonly count: number;
}

/**
 * The mean boxes of the groups with more than `minNeighbors` members, in the order of their first members, without small ones inside
 * others of more members. With 0 every box is a group of its own.
 */
export function groupBoxes(boxes: readonly Box[], minNeighbors: number): BoxGroup[] {
  if (minNeighbors <= 0) return boxes.map((box) => ({ box, count: 1 }));
  const groups = partition(boxes)
    .map(meanBox)
    .filter(({ count }) => count > minNeighbors);
  return groups.filter((group) => !groups.some((other) => other !== group && isInside(group, other)));
}

/** The groups of boxes that are alike, directly or through others. */
function partition(boxes: readonly Box[]): Box[][] {
  const parent = boxes.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = i; at !== root; ) [at, parent[at]] = [parent[at]!, root];
    return root;
  };
  for (let i = 0; i < boxes.length; i++) {
    for (let j = 0; j < i; j++) if (areAlike(boxes[i]!, boxes[j]!)) parent[rootOf(i)] = rootOf(j);
  }
  const classes = new Map<number, Box[]>();
  boxes.forEach((box, i) => {
    const root = rootOf(i);
    const members = classes.get(root);
    if (members === undefined) classes.set(root, [box]);
    else members.push(box);
  });
  return [...classes.values()];
}

function areAlike(a: Box, b: Box): boolean {
  const delta = tolerance * (Math.min(a[2], b[2]) + Math.min(a[3], b[3])) * 0.5;
  const isNear = (p: number, q: number): boolean => Math.abs(p - q) <= delta;
  return (
    isNear(a[0], b[0]) && isNear(a[1], b[1]) && isNear(a[0] + a[2], b[0] + b[2]) && isNear(a[1] + a[3], b[1] + b[3])
  );
}

/** OpenCV multiplies by the count's reciprocal in float32. */
function meanBox(members: readonly Box[]): BoxGroup {
  const share = Math.fround(1 / members.length);
  const mean = (side: 0 | 1 | 2 | 3): number =>
    roundHalfEven(Math.fround(members.reduce((sum, box) => sum + box[side], 0) * share));
  return { box: [mean(0), mean(1), mean(2), mean(3)], count: members.length };
}

function isInside({ box: [x, y, width, height], count }: BoxGroup, { box: outer, count: others }: BoxGroup): boolean {
  const dx = roundHalfEven(outer[2] * tolerance);
  const dy = roundHalfEven(outer[3] * tolerance);
  return (
    x >= outer[0] - dx &&
    y >= outer[1] - dy &&
    x + width <= outer[0] + outer[2] + dx &&
    y + height <= outer[1] + outer[3] + dy &&
    (others > Math.max(3, count) || count < 3)
  );
}
