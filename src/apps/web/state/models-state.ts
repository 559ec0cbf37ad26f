// What the Models view shows, as signals: its controller writes them, the views read them.
import { signal } from '@preact/signals';
import type { Failure } from '../worker/failure.js';
import type {
  EvaluationFile,
  Judgement,
  ModelCard,
  ModelSource,
  PictureFile,
  PictureProblem,
  PictureResult,
} from '../worker/model-protocol.js';
import type { UnknownFolder } from '../worker/sort-pictures.js';

/** A model that can be chosen. */
export interface ShelfModel {
  readonly id: string;
  readonly name: string;
  readonly source: ModelSource;
  /** Address of its card, Markdown, or the file of one that came with it; null when it has none. */
  readonly card: { readonly url: string } | { readonly file: Blob } | null;
  /** Address of its evaluation; null when it has none. */
  readonly evaluation: string | null;
}

/** One drop of pictures, from its beginning to its figures. */
export interface PictureRun {
  /** Waiting: for a model. */
  readonly phase: 'waiting' | 'running' | 'finished' | 'stopped' | 'failed';
  readonly total: number;
  /** Files beside the pictures that are none. */
  readonly passedOver: readonly PictureFile[];
  /** The model's classes; none until it begins. */
  readonly labels: readonly string[];
  readonly labelled: number;
  readonly unknownFolders: readonly UnknownFolder[];
  /** The file of each picture. */
  readonly files: ReadonlyMap<string, Blob>;
  /** In their order so far. The list itself grows; `done` tells that it did. */
  readonly results: readonly PictureResult[];
  readonly problems: readonly PictureProblem[];
  /** Pictures looked at, unreadable ones included. */
  readonly done: number;
  /** Null until every picture is looked at, and without labelled pictures. */
  readonly judgement: Judgement | null;
  readonly failure: Failure | null;
}

/** Which results are listed: those of one cell of the matrix, only mistakes, or all. */
export type ResultFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'mistakes' }
  | { readonly kind: 'cell'; readonly truth: number; readonly label: number };

export const shelf = signal<readonly ShelfModel[]>([]);
/** Id of the chosen model. */
export const chosenId = signal<string | null>(null);
export const isOpeningModel = signal(false);
export const card = signal<ModelCard | null>(null);
/** The card's Markdown. */
export const cardText = signal<string | null>(null);
export const modelFailure = signal<Failure | null>(null);
export const evaluation = signal<EvaluationFile | null>(null);
export const pictureRun = signal<PictureRun | null>(null);
/** Why what was dropped cannot be used. */
export const dropFailure = signal<Failure | null>(null);
/** What was dropped is being listed. */
export const isReadingDrop = signal(false);
/** The pictures are faces that are cropped already, whatever their size: none is looked for. */
export const areCropped = signal(false);
export const resultFilter = signal<ResultFilter>({ kind: 'all' });
