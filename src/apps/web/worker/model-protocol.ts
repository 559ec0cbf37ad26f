// The messages between the Models view and its worker.

import type { Box, GreyPicture } from '../../../core/image/picture.js';
import type { ClassificationFigures } from '../../../core/metrics/classification-figures.js';
import type { ReliabilityBin } from '../../../core/metrics/reliability-bins.js';
import type { ModelMetadata } from '../../../core/model/model-metadata.js';
import type { PictureSize } from '../../../core/model/picture-front.js';
import type { TestTimeAugmentation } from '../../../core/model/test-time-augmentation.js';
import type { Failure } from './failure.js';
import type { UnknownFolder } from './sort-pictures.js';

/** Where a model's bytes are: an address of this origin, or a file of the user's. */
export type ModelSource = string | Blob;

/** An opened model. */
export interface ModelCard {
  /** The file's name. */
  readonly name: string;
  /** The file's size. */
  readonly bytes: number;
  /** The file's SHA-256. */
  readonly hash: string;
  readonly metadata: ModelMetadata;
  /** The central part of the picture that is the network's input; null when an ensemble's members have different ones. */
  readonly view: PictureSize | null;
  /** Null when there is none beside the file, or it is of another model. */
  readonly evaluation: EvaluationFile | null;
}

/** A picture file with its path below what was dropped, folders divided by '/'. */
export interface PictureFile {
  readonly path: string;
  readonly file: Blob;
}

/** The prediction for one face. */
export interface PictureResult {
  readonly path: string;
  /** Where in the picture, in shares of its width and height; null when the picture was taken whole. */
  readonly box: Box | null;
  /** Its number among the faces of the picture, from 0, and how many those are. */
  readonly index: number;
  readonly count: number;
  /** The class of its folder; null outside of one. */
  readonly truth: number | null;
  readonly label: number;
  readonly probabilities: readonly number[];
  /** The network's input. */
  readonly face: GreyPicture;
}

/** A picture that could not be analysed. */
export interface PictureProblem {
  readonly path: string;
  readonly reason: string;
}

/** Figures with the number of their pictures. */
export interface Judgement {
  readonly labels: readonly string[];
  readonly figures: Pick<
    ClassificationFigures,
    'accuracy' | 'interval' | 'n' | 'macroF1' | 'confusionMatrix' | 'perClass'
  > & {
    /** Null when they are not known. */
    readonly nll: number | null;
    readonly ece: number | null;
  };
  /** Null when it is not known. */
  readonly reliability: readonly ReliabilityBin[] | null;
}

/** A judgement from the JSON that `moodlens evaluate --json` prints. */
export interface EvaluationFile extends Judgement {
  readonly file: string;
  readonly split: string;
  /** Name of the run whose model it is of. */
  readonly run: string;
  /** SHA-256 of the model's file; null in evaluations without it. */
  readonly hash: string | null;
  readonly seenInTraining: boolean | null;
  /** The test-time augmentation of the figures. */
  readonly testTimeAugmentation: TestTimeAugmentation;
}

export type ToModelWorker =
  | {
      readonly type: 'open';
      readonly request: number;
      readonly name: string;
      readonly model: ModelSource;
      /** The address of its evaluation. */
      readonly evaluation: string | null;
    }
  | {
      readonly type: 'predict';
      readonly job: number;
      readonly pictures: readonly PictureFile[];
      /** Detect the faces first, except in pictures so small that they are cropped faces. */
      readonly findFaces: boolean;
      /** The address of the detectors' folder. */
      readonly modelsUrl: string;
    }
  | { readonly type: 'stop' }
  | { readonly type: 'read-evaluation'; readonly name: string; readonly file: Blob };

export type FromModelWorker =
  | { readonly type: 'opened'; readonly request: number; readonly card: ModelCard }
  | { readonly type: 'refused'; readonly request: number; readonly failure: Failure }
  | {
      readonly type: 'begun';
      readonly job: number;
      /** The model's. */
      readonly labels: readonly string[];
      readonly labelled: number;
      readonly unknownFolders: readonly UnknownFolder[];
    }
  | {
      readonly type: 'predicted';
      readonly job: number;
      /** Pictures analysed since the last message, unreadable ones included. */
      readonly pictures: number;
      readonly results: readonly PictureResult[];
      readonly problems: readonly PictureProblem[];
    }
  | { readonly type: 'finished'; readonly job: number; readonly judgement: Judgement | null }
  | { readonly type: 'failed'; readonly job: number; readonly failure: Failure }
  | { readonly type: 'evaluation'; readonly evaluation: EvaluationFile }
  | { readonly type: 'evaluation-refused'; readonly failure: Failure };
