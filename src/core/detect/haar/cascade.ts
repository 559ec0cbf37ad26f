// A boosted cascade of Haar-like features (Viola & Jones 2001, Lienhart & Maydt 2002), as OpenCV's classifier files hold it.
import { textOf, type XmlElement } from '../../bytes/xml.js';
import { ModelFormatError } from '../../errors.js';
import { numbersOf, readStorageXml } from './storage-xml.js';

/** Rectangles in a feature. A feature with two has a third of weight 0. */
export const rectsPerFeature = 3;

/** Stages of trees of nodes, flat. A node compares its feature with its threshold and leads to another node or, as `~leaf`, to a leaf. */
export interface HaarCascade {
  /** Of a window at scale 1, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly stages: {
    /** Trees before the stage; one more entry at the end. */
    readonly firstTree: Int32Array;
    /** Smallest sum of leaves with which a window passes. */
    readonly threshold: Float32Array;
  };
  /** The first node of each tree. */
  readonly roots: Int32Array;
  readonly nodes: {
    readonly below: Int32Array;
    readonly above: Int32Array;
    readonly threshold: Float32Array;
    /** Of their features, `[nodes, 3, 4]`: x, y, width, height in the window. */
    readonly rects: Int32Array;
    /** `[nodes, 3]`; whole numbers, with which no sum over a window reaches 2^24: float32 holds each exactly. */
    readonly weights: Int32Array;
  };
  readonly leaves: Float32Array;
  /** True when every tree is one node with its two leaves in order. */
  readonly isOfStumps: boolean;
}

/** OpenCV lowers every stage's threshold by it, in float32. */
const thresholdSlack = Math.fround(1e-5);
const mostStages = 1000;
const largestSide = 256;

/**
 * Reads an OpenCV cascade file of the type `opencv-cascade-classifier` with upright Haar features. Throws ModelFormatError, saying what
 * is wrong, for anything else.
 */
export function readHaarCascade(text: string): HaarCascade {
  const cascade = child(readStorageXml(text), 'cascade');
  mustBe(cascade, 'stageType', 'BOOST');
  mustBe(cascade, 'featureType', 'HAAR');
  const width = whole(child(cascade, 'width'), 3, largestSide);
  const height = whole(child(cascade, 'height'), 3, largestSide);
  const features = readFeatures(child(cascade, 'features').children, width, height);
  return { width, height, ...readStages(child(cascade, 'stages').children, features) };
}

type Features = Pick<HaarCascade['nodes'], 'rects' | 'weights'>;

function readFeatures(elements: readonly XmlElement[], width: number, height: number): Features {
  if (elements.length === 0) throw refused('it has no features');
  const rects = new Int32Array(elements.length * rectsPerFeature * 4);
  const weights = new Int32Array(elements.length * rectsPerFeature);
  for (const [i, feature] of elements.entries()) {
    const tilted = feature.children.find(({ name }) => name === 'tilted');
    if (tilted !== undefined && textOf(tilted) !== '0')
      throw refused(`feature ${i} is tilted, and only upright ones are known`);
    const list = child(feature, 'rects').children;
    if (list.length < 2 || list.length > rectsPerFeature)
      throw refused(`feature ${i} has ${list.length} rectangles, not 2 or 3`);
    let largest = 0;
    for (const [k, element] of list.entries()) {
      const [x = -1, y = -1, w = 0, h = 0, weight = Number.NaN, ...more] = numbersOf(element);
      const isInside =
        [x, y, w, h].every(Number.isInteger) && x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= width && y + h <= height;
      if (!isInside || more.length > 0) throw refused(`a rectangle of feature ${i} is not inside the window`);
      if (!Number.isInteger(weight)) throw refused(`a weight of feature ${i} is no whole number`);
      largest += Math.abs(weight) * w * h * 255;
      const at = i * rectsPerFeature + k;
      rects.set([x, y, w, h], at * 4);
      weights[at] = weight;
    }
    if (largest >= 2 ** 24) throw refused(`the weights of feature ${i} are too large`);
  }
  return { rects, weights };
}

function readStages(elements: readonly XmlElement[], features: Features): Omit<HaarCascade, 'width' | 'height'> {
  if (elements.length === 0 || elements.length > mostStages)
    throw refused(`it has ${elements.length} stages, not 1 to ${mostStages}`);
  const [firstTree, thresholds, roots]: number[][] = [[], [], []];
  const [below, above, feature, nodeThreshold, leaves]: number[][] = [[], [], [], [], []];
  for (const stage of elements) {
    firstTree!.push(roots!.length);
    thresholds!.push(Math.fround(Math.fround(number(child(stage, 'stageThreshold'))) - thresholdSlack));
    for (const tree of child(stage, 'weakClassifiers').children) {
      const [root, firstLeaf] = [below!.length, leaves!.length];
      roots!.push(root);
      const nodes = numbersOf(child(tree, 'internalNodes'));
      const own = numbersOf(child(tree, 'leafValues'));
      mustBeTree(nodes, own, features.weights.length / rectsPerFeature);
      // In the file nodes count from the tree's own, from 1, and leaves from 0 downwards.
      const placeOf = (next: number): number => (next > 0 ? root + next : ~(firstLeaf - next));
      for (let k = 0; k < nodes.length; k += 4) {
        below!.push(placeOf(nodes[k]!));
        above!.push(placeOf(nodes[k + 1]!));
        feature!.push(nodes[k + 2]!);
        nodeThreshold!.push(nodes[k + 3]!);
      }
      leaves!.push(...own);
    }
  }
  firstTree!.push(roots!.length);
  return {
    stages: { firstTree: Int32Array.from(firstTree!), threshold: Float32Array.from(thresholds!) },
    roots: Int32Array.from(roots!),
    nodes: {
      below: Int32Array.from(below!),
      above: Int32Array.from(above!),
      threshold: Float32Array.from(nodeThreshold!),
      // In the order in which a window reads them, for sequential access.
      rects: rowsOf(features.rects, feature!, rectsPerFeature * 4),
      weights: rowsOf(features.weights, feature!, rectsPerFeature),
    },
    leaves: Float32Array.from(leaves!),
    isOfStumps:
      below!.length === roots!.length && below!.every((leaf, i) => leaf === ~(2 * i) && above![i] === ~(2 * i + 1)),
  };
}

function rowsOf(values: Int32Array, rows: readonly number[], length: number): Int32Array {
  const taken = new Int32Array(rows.length * length);
  rows.forEach((row, i) => {
    taken.set(values.subarray(row * length, (row + 1) * length), i * length);
  });
  return taken;
}

/** Children come after their parents, so that every path through the tree ends. */
function mustBeTree(nodes: readonly number[], leaves: readonly number[], features: number): void {
  const count = nodes.length / 4;
  const isSound =
    Number.isInteger(count) &&
    count >= 1 &&
    leaves.length === count + 1 &&
    leaves.every(Number.isFinite) &&
    nodes.every((value, i) => {
      const node = Math.floor(i / 4);
      if (i % 4 === 3) return Number.isFinite(value);
      if (!Number.isInteger(value)) return false;
      if (i % 4 === 2) return value >= 0 && value < features;
      return value > 0 ? value > node && value < count : -value < leaves.length;
    });
  if (!isSound) throw refused('one of its trees leads nowhere');
}

function child(element: XmlElement, name: string): XmlElement {
  const found = element.children.find((each) => each.name === name);
  if (found === undefined) throw refused(`<${element.name}> has no <${name}>`);
  return found;
}

function mustBe(element: XmlElement, name: string, value: string): void {
  const found = textOf(child(element, name));
  if (found !== value) throw refused(`its ${name} is '${found.slice(0, 20)}', not ${value}`);
}

function number(element: XmlElement): number {
  const [value = Number.NaN, ...more] = numbersOf(element);
  if (!Number.isFinite(value) || more.length > 0) throw refused(`<${element.name}> is not one number`);
  return value;
}

function whole(element: XmlElement, least: number, most: number): number {
  const value = number(element);
  if (!Number.isInteger(value) || value < least || value > most)
    throw refused(`its ${element.name} is ${value}, not ${least} to ${most}`);
  return value;
}

const refused = (found: string): ModelFormatError =>
  new ModelFormatError(
    `a cascade must be an OpenCV classifier file with upright Haar features, and ${found}; name another file`,
  );
