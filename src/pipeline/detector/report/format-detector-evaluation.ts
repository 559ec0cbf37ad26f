// The figures of a detector as a JSON file: `detector evaluate` and `detector export` write it.
import type { Matching } from '../../../core/metrics/average-precision.js';
import type { DetectorFigures } from '../evaluate-detector.js';

/** Figures with what they are of. */
export interface DetectorEvaluation extends DetectorFigures {
  readonly kind: 'face-detector-evaluation';
  /** A run's name, or that of a detector without a run. */
  readonly detector: string;
  /** Of the run, after which the model was made; null for a shipped detector. */
  readonly epoch: number | null;
  /** SHA-256 of the model's file; null for a shipped detector. */
  readonly model: string | null;
  /** Which pictures, in words: "that were held back". */
  readonly which: string;
  /** Hash of packed face pictures; null for others. */
  readonly dataset: string | null;
  /** How many of the pictures the model was trained on; null when that cannot be told. */
  readonly seenPictures: number | null;
  /** Pictures that could not be used. */
  readonly leftOut: number;
  readonly matching: Matching;
  /** The figures by the centre, as a threshold is chosen: of an export. */
  readonly byCentre?: DetectorFigures | undefined;
  /** Other detectors on the same pictures. */
  readonly compared?: readonly DetectorEvaluation[] | undefined;
}

/** A warning that the model was trained on the pictures; undefined when it was not, or that cannot be told. */
export function seenText({ seenPictures: seen, pictures }: DetectorEvaluation): string | undefined {
  if (seen === null || seen === 0) return undefined;
  const some = seen === pictures ? 'these pictures' : `${seen} of these ${pictures} pictures`;
  return `the model was trained on ${some}: on others it does worse`;
}

/** The file's text, ending with a line end. */
export function formatDetectorEvaluation(evaluation: DetectorEvaluation): string {
  return `${JSON.stringify(evaluation, null, 2)}\n`;
}

/** Whether a text is one that `formatDetectorEvaluation` wrote. */
export function isDetectorEvaluation(text: string): boolean {
  try {
    return (JSON.parse(text) as Partial<DetectorEvaluation> | null)?.kind === 'face-detector-evaluation';
  } catch {
    return false;
  }
}
