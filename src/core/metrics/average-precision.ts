// Precision and recall of a detector: its detections, the highest score first, against the true boxes.
import { boxOverlap } from '../detect/non-maximum-suppression.js';
import type { Box } from '../image/picture.js';
import { quantile } from '../numbers/quantile.js';
import { createRandom } from '../numbers/random.js';

/** Boxes are the same face from this intersection over union on; a box is in an ignored place with half of its area there. */
const sameOverlap = 0.5;

/**
 * Whether a detection may be a truth: `overlap`, intersection over union of at least a half; `centre`, centres within half of the
 * true width and widths within a factor of 2.5, for boxes that were drawn by another rule.
 */
export type Matching = 'overlap' | 'centre';

export interface JudgedPicture {
  readonly detections: readonly { readonly box: Box; readonly score: number }[];
  readonly truths: readonly Box[];
  /** Detections here are neither right nor wrong; a truth of the same box is not missed either. */
  readonly ignored: readonly Box[];
}

/** Sizes that count, as the root of a box' area, pixels: from the first up to below the second. Others are neither right nor wrong. */
export type SizeRange = readonly [from: number, to: number];

export interface JudgedDetection {
  readonly score: number;
  readonly isRight: boolean;
}

export interface JudgedDetections {
  /** The highest score first; without those that do not count. */
  readonly detections: readonly JudgedDetection[];
  /** Truths that count. */
  readonly truths: number;
  readonly pictures: number;
}

/** A detection that found a truth, both by their numbers in the picture. */
export interface Pair {
  readonly detection: number;
  readonly truth: number;
}

/** Pairs the detections of one picture with its truths: each takes the free truth that it fits best, the highest score first; `isPreferred` come first. */
export function pairDetections(
  { detections, truths }: Omit<JudgedPicture, 'ignored'>,
  matching: Matching = 'overlap',
  isPreferred: (truth: Box) => boolean = () => true,
): Pair[] {
  const free = new Set(truths.keys());
  const pairs: Pair[] = [];
  const order = [...detections.keys()].sort((a, b) => detections[b]!.score - detections[a]!.score);
  for (const detection of order) {
    let best: { truth: number; value: number } | undefined;
    for (const truth of free) {
      const own = closeness(detections[detection]!.box, truths[truth]!, matching);
      if (own === 0) continue;
      const preferred = own + (isPreferred(truths[truth]!) ? 1 : 0);
      if (best === undefined || preferred > best.value) best = { truth, value: preferred };
    }
    if (best === undefined) continue;
    free.delete(best.truth);
    pairs.push({ detection, truth: best.truth });
  }
  return pairs;
}

/** How well a detection fits a truth, above 0 and at most 1; 0 when it is not the same face. */
function closeness(box: Box, truth: Box, matching: Matching): number {
  if (matching === 'overlap') {
    const overlap = boxOverlap(box, truth);
    return overlap >= sameOverlap ? overlap : 0;
  }
  const apart = (axis: 0 | 1): number => Math.abs(box[axis] + box[axis + 2]! / 2 - truth[axis] - truth[axis + 2]! / 2);
  const distance = Math.max(apart(0), apart(1));
  const isSame = distance < truth[2] / 2 && box[2] < 2.5 * truth[2] && truth[2] < 2.5 * box[2];
  return isSame ? 1 / (1 + distance) : 0;
}

export interface JudgeOptions {
  /** Default all. */
  readonly range?: SizeRange;
  /** Default 'overlap'. */
  readonly matching?: Matching;
}

/** A detection of a picture that counts. */
export interface CountedDetection {
  /** Its number in the picture. */
  readonly detection: number;
  /** The number of the truth that it found; null when it is wrong. */
  readonly truth: number | null;
}

/** The detections of one picture that are right or wrong, in the picture's order; others lie in ignored places or are of other sizes. */
export function countDetections(picture: JudgedPicture, options: JudgeOptions = {}): CountedDetection[] {
  const counts = isOfSize(options.range);
  const pairs = pairDetections(picture, options.matching, counts);
  const found = new Map(pairs.map(({ detection, truth }) => [detection, truth]));
  return picture.detections.flatMap(({ box }, detection): CountedDetection[] => {
    const truth = found.get(detection);
    if (truth !== undefined) return counts(picture.truths[truth]!) ? [{ detection, truth }] : [];
    const isIgnored = !counts(box) || picture.ignored.some((place) => sharedPart(box, place) >= sameOverlap);
    return isIgnored ? [] : [{ detection, truth: null }];
  });
}

/** Right and wrong detections of all pictures. */
export function judgeDetections(pictures: readonly JudgedPicture[], options: JudgeOptions = {}): JudgedDetections {
  const counts = isOfSize(options.range);
  const judged: JudgedDetection[] = [];
  let truths = 0;
  for (const picture of pictures) {
    truths += picture.truths.filter(counts).length;
    for (const { detection, truth } of countDetections(picture, options)) {
      judged.push({ score: picture.detections[detection]!.score, isRight: truth !== null });
    }
  }
  judged.sort((a, b) => b.score - a.score);
  return { detections: judged, truths, pictures: pictures.length };
}

/** The size of a face: the root of its box' area, pixels. */
export function boxSize([, , width, height]: Box): number {
  return Math.sqrt(width * height);
}

function isOfSize([from, below]: SizeRange = [0, Number.POSITIVE_INFINITY]): (box: Box) => boolean {
  return (box) => boxSize(box) >= from && boxSize(box) < below;
}

/** The part of a box that lies in another one, 0..1. */
function sharedPart(box: Box, other: Box): number {
  const width = Math.min(box[0] + box[2], other[0] + other[2]) - Math.max(box[0], other[0]);
  const height = Math.min(box[1] + box[3], other[1] + other[3]) - Math.max(box[1], other[1]);
  return width > 0 && height > 0 ? (width * height) / (box[2] * box[3]) : 0;
}

/**
 * Average precision: the area under precision over recall, where precision is the best that any higher recall still has
 * (as VOC 2010 and WIDER FACE). NaN when no truth counts.
 */
export function averagePrecision({ detections, truths }: Pick<JudgedDetections, 'detections' | 'truths'>): number {
  if (truths === 0) return Number.NaN;
  let found = 0;
  const points = detections.map(({ isRight }, i) => {
    if (isRight) found++;
    return { recall: found / truths, precision: found / (i + 1) };
  });
  let [area, best] = [0, 0];
  for (let i = points.length - 1; i >= 0; i--) {
    best = Math.max(best, points[i]!.precision);
    area += best * (points[i]!.recall - (points[i - 1]?.recall ?? 0));
  }
  return area;
}

/**
 * 95 % interval of the average precision: pictures are drawn again and again with replacement (Efron 1979); widened to hold the
 * figure itself. `pictures`: what was judged, a picture each. NaN when no truth counts. Work: resamples x detections.
 */
export function averagePrecisionInterval(
  pictures: readonly JudgedDetections[],
  { seed, resamples = 500 }: { readonly seed: number; readonly resamples?: number },
): readonly [low: number, high: number] {
  const all = pictures
    .flatMap(({ detections }, picture) => detections.map((detection) => ({ ...detection, picture })))
    .sort((a, b) => b.score - a.score);
  // Typed arrays: the loop over them is some forty times as fast as one over objects.
  const pictureOf = Int32Array.from(all, ({ picture }) => picture);
  const rights = Uint8Array.from(all, ({ isRight }) => Number(isRight));
  const truthsOf = Int32Array.from(pictures, ({ truths }) => truths);
  const random = createRandom(seed);
  const recalls = new Float64Array(all.length);
  const precisions = new Float64Array(all.length);
  /** Each picture counts as often as it was drawn: nothing needs to be sorted again. */
  const value = (times: Uint32Array): number => {
    let truths = 0;
    for (let i = 0; i < times.length; i++) truths += times[i]! * truthsOf[i]!;
    let [found, seen] = [0, 0];
    for (let i = 0; i < all.length; i++) {
      const weight = times[pictureOf[i]!]!;
      seen += weight;
      found += weight * rights[i]!;
      recalls[i] = found / truths;
      precisions[i] = seen === 0 ? 0 : found / seen;
    }
    let [area, best] = [0, 0];
    for (let i = all.length - 1; i >= 0; i--) {
      if (precisions[i]! > best) best = precisions[i]!;
      area += best * (recalls[i]! - (i === 0 ? 0 : recalls[i - 1]!));
    }
    return truths === 0 ? Number.NaN : area;
  };
  const own = value(new Uint32Array(pictures.length).fill(1));
  const drawn = Float64Array.from({ length: resamples }, () => {
    const times = new Uint32Array(pictures.length);
    for (let i = 0; i < pictures.length; i++) times[random.integer(pictures.length)]!++;
    return value(times);
  })
    .filter((each) => !Number.isNaN(each))
    .sort();
  if (Number.isNaN(own)) return [Number.NaN, Number.NaN];
  return [Math.min(own, quantile(drawn, 0.025)), Math.max(own, quantile(drawn, 0.975))];
}

/** The largest recall at no more than `perPicture` wrong boxes a picture, with the score that gives it (infinite when none does). */
export function recallAt(
  judged: JudgedDetections,
  perPicture: number,
): { readonly found: number; readonly score: number } {
  const allowed = perPicture * judged.pictures;
  let [found, wrong] = [0, 0];
  let best = { found: 0, score: Number.POSITIVE_INFINITY };
  const { detections } = judged;
  for (let i = 0; i < detections.length; i++) {
    const { isRight, score } = detections[i]!;
    if (isRight) found++;
    else wrong++;
    if (wrong > allowed) break;
    // Detections of one score are taken together or not at all.
    if (detections[i + 1]?.score !== score) best = { found, score };
  }
  return best;
}
