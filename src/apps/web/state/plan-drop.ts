// Which dropped files are the model, its card, an evaluation and pictures, by the endings of their names.
import type { Failure } from '../worker/failure.js';
import type { PictureFile } from '../worker/model-protocol.js';

export interface DropPlan {
  readonly model: PictureFile | undefined;
  /** The model's card, Markdown. */
  readonly card: PictureFile | undefined;
  readonly evaluation: PictureFile | undefined;
  /** By path, numbers in their order. */
  readonly pictures: readonly PictureFile[];
  /** Files beside the pictures that are not pictures. */
  readonly passedOver: readonly PictureFile[];
}

const pictureName = /\.(jpe?g|png|webp|gif|avif|bmp|pgm|ppm)$/i;
const pictureKinds = 'JPEG, PNG, WebP, GIF, AVIF, BMP, PGM or PPM';
/** Names that are listed; the rest are counted. */
const namesTold = 3;

/**
 * The plan, or why there is none: nothing useful, or more than one model or evaluation. Hidden files, which systems leave in
 * folders, are ignored, and so is JSON beside pictures, which collections come with.
 */
export function planDrop(files: readonly PictureFile[]): DropPlan | Failure {
  const seen = files.filter(
    ({ path }) => !path.split('/').some((part) => part.startsWith('.') || part === 'Thumbs.db'),
  );
  const named = (pattern: RegExp): PictureFile[] => seen.filter(({ path }) => pattern.test(path));
  const pictures = named(pictureName).sort((a, b) => order.compare(a.path, b.path));
  const models = named(/\.onnx$/i);
  const evaluations = pictures.length > 0 ? [] : named(/\.json$/i);
  if (models.length > 1) return tooMany('model', models, 'MODEL_FORMAT');
  if (evaluations.length > 1) return tooMany('evaluation', evaluations, 'DATASET');
  const [model] = models;
  const [evaluation] = evaluations;
  if (!model && !evaluation && pictures.length === 0) return nothingUseful(seen);
  const card = model && cardOf(model, named(/\.md$/i));
  const used = new Set([model, evaluation, card, ...pictures]);
  const passedOver = pictures.length > 0 ? seen.filter((file) => !used.has(file)) : [];
  return { model, card, evaluation, pictures, passedOver };
}

const order = new Intl.Collator('en', { numeric: true });

/** The file's own name. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The one of the model's own name, or the only one. */
function cardOf({ path }: PictureFile, cards: readonly PictureFile[]): PictureFile | undefined {
  const stem = path.replace(/(\.int8)?\.onnx$/i, '').toLowerCase();
  const own = cards.find((card) => card.path.replace(/\.md$/i, '').toLowerCase() === stem);
  return own ?? (cards.length === 1 ? cards[0] : undefined);
}

function tooMany(what: string, files: readonly PictureFile[], code: string): Failure {
  return {
    code,
    message: `One ${what} can be dropped at a time, but there are ${files.length}: ${listNames(files)}. Drop one of them.`,
  };
}

function nothingUseful(files: readonly PictureFile[]): Failure {
  const found = files.length === 0 ? 'there is no file in it' : `it holds ${listNames(files)}`;
  return {
    code: 'MEDIA',
    message: `What is dropped here must be pictures (${pictureKinds}), a model (.onnx) or an evaluation (.json), but ${found}. Drop a picture, or a folder with a folder per class.`,
  };
}

/** `a.txt, b.txt, c.txt and 4 more`. */
export function listNames(files: readonly PictureFile[]): string {
  const names = files.slice(0, namesTold).map(({ path }) => baseName(path));
  return `${names.join(', ')}${files.length > namesTold ? ` and ${files.length - namesTold} more` : ''}`;
}
