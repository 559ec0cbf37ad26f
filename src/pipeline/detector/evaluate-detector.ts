// Measures a detector on pictures with known faces: average precision by size, recall at numbers of wrong boxes, and the
// error of its key points.
import { type FacePicture, holdBack } from '../../core/dataset/face-pictures.js';
import type { FacePoints } from '../../core/detect/places/places.js';
import { DatasetError } from '../../core/errors.js';
import {
  averagePrecision,
  averagePrecisionInterval,
  boxSize,
  type JudgedDetections,
  type JudgedPicture,
  judgeDetections,
  type Matching,
  pairDetections,
  recallAt,
  type SizeRange,
} from '../../core/metrics/average-precision.js';
import { wilsonInterval } from '../../core/metrics/wilson-interval.js';
import { mean } from '../../core/numbers/mean.js';
import { median } from '../../core/numbers/median.js';
import { quantile } from '../../core/numbers/quantile.js';
import type { DetectedPicture } from './detect-pictures.js';

export interface AnnotatedDetections {
  readonly known: Pick<FacePicture, 'faces' | 'unsure'>;
  readonly detections: JudgedPicture['detections'];
}

export interface JudgeDetectorOptions {
  readonly matching: Matching;
  /** The lowest score of a box that counts; from the judged detections where it depends on them. */
  readonly score: number | ((all: JudgedDetections) => number);
}

/** Ranges of face sizes with figures of their own: roots of the boxes' areas, pixels. */
export const sizeRanges: readonly SizeRange[] = [
  [16, 24],
  [24, 40],
  [40, 80],
  [80, Number.POSITIVE_INFINITY],
];

/** All sizes first, then the ranges: what figures and curves are of. */
export const measuredRanges: readonly SizeRange[] = [[0, Number.POSITIVE_INFINITY], ...sizeRanges];

/** Numbers of wrong boxes a picture at which recall is measured. */
export const wrongPerPicture = [0.01, 0.1, 1] as const;

/** Key points are measured on faces of this size and more, pixels. */
const pointsFrom = 40;

export interface RangeFigures {
  readonly from: number;
  /** Null for no limit. */
  readonly below: number | null;
  readonly faces: number;
  /** Null without a face; with a 95 % interval by bootstrap over the pictures. */
  readonly averagePrecision: { readonly value: number; readonly interval: readonly [number, number] } | null;
}

export interface RecallFigures {
  /** Wrong boxes a picture. */
  readonly wrong: number;
  readonly recall: number;
  /** Wilson's, 95 %. */
  readonly interval: readonly [number, number];
  /** From this score on; null when no box can be accepted. */
  readonly score: number | null;
}

export interface DetectorFigures {
  readonly pictures: number;
  readonly faces: number;
  /** In the order of `measuredRanges`. */
  readonly ranges: readonly RangeFigures[];
  readonly recalls: readonly RecallFigures[];
  /** At the score that was asked for. */
  readonly atScore: {
    readonly score: number;
    readonly found: number;
    readonly wrong: number;
    readonly recall: number;
    readonly interval: readonly [number, number];
  };
  /** Mean distance of the key points as a share of the distance between the eyes; null where none are known or given. */
  readonly points: { readonly faces: number; readonly meanError: number } | null;
  /** Milliseconds a picture. */
  readonly latencyMs: { readonly median: number; readonly p95: number };
}

/** Judges what a detector found. */
export function judgeDetector(detected: readonly DetectedPicture[], options: JudgeDetectorOptions): DetectorFigures {
  const { matching } = options;
  const judged = detected.map(judgedPicture);
  const errors = detected.flatMap((one, i) => pointErrors(one, pairDetections(judged[i]!, matching)));
  const durations = detected.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const all = judgeDetections(judged, { matching });
  const score = typeof options.score === 'number' ? options.score : options.score(all);
  const atScore = all.detections.filter((detection) => detection.score >= score);
  const found = atScore.filter(({ isRight }) => isRight).length;
  return {
    pictures: detected.length,
    faces: all.truths,
    ranges: measuredRanges.map((range) => rangeFigures(judged, range, matching)),
    recalls: wrongPerPicture.map((wrong) => recallFigures(all, wrong)),
    atScore: { score, found, wrong: atScore.length - found, ...share(found, all.truths) },
    points: errors.length === 0 ? null : { faces: errors.length, meanError: mean(errors) },
    latencyMs: { median: median(durations), p95: quantile(Float64Array.from(durations), 0.95) },
  };
}

/** A picture as the metrics take it; places that nobody annotated are neither right nor wrong. */
export function judgedPicture({ known, detections }: AnnotatedDetections): JudgedPicture {
  return { detections, truths: known.faces.map(({ box }) => box), ignored: known.unsure.map(({ box }) => box) };
}

function share(found: number, truths: number): { recall: number; interval: [number, number] } {
  return { recall: truths === 0 ? 0 : found / truths, interval: wilsonInterval(found, truths) };
}

function recallFigures(all: JudgedDetections, wrong: number): RecallFigures {
  const { found, score } = recallAt(all, wrong);
  return { wrong, ...share(found, all.truths), score: Number.isFinite(score) ? score : null };
}

function rangeFigures(judged: readonly JudgedPicture[], range: SizeRange, matching: Matching): RangeFigures {
  const each = judged.map((picture) => judgeDetections([picture], { range, matching }));
  const all = judgeDetections(judged, { range, matching });
  const facts = { from: range[0], below: Number.isFinite(range[1]) ? range[1] : null, faces: all.truths };
  if (all.truths === 0) return { ...facts, averagePrecision: null };
  const interval = averagePrecisionInterval(each, { seed: 1 });
  return { ...facts, averagePrecision: { value: averagePrecision(all), interval } };
}

/** Of each found face with known points: the mean distance, as a share of the distance between the eyes. */
function pointErrors(
  { known: { faces }, detections }: DetectedPicture,
  pairs: ReturnType<typeof pairDetections>,
): number[] {
  return pairs.flatMap(({ detection, truth }) => {
    const { points, box } = faces[truth]!;
    const found = detections[detection]!.points;
    if (points === null || found === null || boxSize(box) < pointsFrom) return [];
    const apart = (a: FacePoints, i: number, b: FacePoints, k: number): number =>
      Math.hypot(a[2 * i]! - b[2 * k]!, a[2 * i + 1]! - b[2 * k + 1]!);
    const eyes = apart(points, 0, points, 1);
    const distances = [0, 1, 2, 3].map((i) => apart(points, i, found, i));
    return [distances.reduce((sum, distance) => sum + distance, 0) / 4 / eyes];
  });
}

/**
 * Numbers of the packed pictures that a run with this share held back; of all of them with a share of 0. Throws DatasetError when
 * it held none back.
 */
export function heldBackPictures(pictures: readonly FacePicture[], share: number): Int32Array {
  const { training, validation } = holdBack(pictures, share);
  if (share === 0) return training;
  if (validation.length > 0) return validation;
  throw new DatasetError(
    `a share of ${share} must hold at least one picture back, and of these ${pictures.length} it holds none; give a larger --held-back, or --all`,
  );
}
