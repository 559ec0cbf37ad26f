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
  /** Files beside the pictures that are not pictures. */
  readonly passedOver: readonly PictureFile[];
  /** The model's classes; none until it begins. */
  readonly labels: readonly string[];
  readonly labelled: number;
  readonly unknownFolders: readonly UnknownFolder[];
  /** The file of each picture. */
  readonly files: ReadonlyMap<string, Blob>;
  /** So far, in their order. The same list grows; `done` changes with it. */
  readonly results: readonly PictureResult[];
  readonly problems: readonly PictureProblem[];
  /** Pictures analysed, unreadable ones included. */
  readonly done: number;
  /** Null until every picture is analysed, and without labelled pictures. */
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
/** The dropped files are being listed. */
export const isReadingDrop = signal(false);
/** The pictures are cropped faces, whatever their size: no detector runs. */
export const areCropped = signal(false);
export const resultFilter = signal<ResultFilter>({ kind: 'all' });
