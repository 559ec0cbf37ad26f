// `moodlens analyze` on photographs: each by itself, drawn pictures and crops in folders, and a summary of who is in how many.
import { readdir, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { createFolderStore } from '../../../adapters/node/files.js';
import { decodePicture, encodeJpeg } from '../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { terminalProgress } from '../../../adapters/node/terminal-progress.js';
import type { FaceDetector } from '../../../core/detect/face.js';
import { ConfigError, MediaError, type MoodlensError } from '../../../core/errors.js';
import { type Progress, silentProgress } from '../../../core/ports/progress.js';
import { analyzePhotos } from '../../../pipeline/photos/analyze-photos.js';
import { type PhotosConfig, parsePhotosConfig, photosConfigSchema } from '../../../pipeline/photos/config.js';
import { photoLine } from '../../../pipeline/photos/photo.js';
import { PhotoFiles } from '../../../pipeline/photos/photo-files.js';
import { PhotoResults, type PhotoSettings, photoResultsFile } from '../../../pipeline/photos/photo-results.js';
import { photosSummaryLine, photosSummaryText, photoText } from '../../../pipeline/photos/report/format-photos.js';
import { openChosenDetector } from '../arguments/detector.js';
import { hashModelFile } from '../arguments/model.js';
import { listPictures } from '../arguments/pictures.js';
import { openReaders, type PipelineOptions } from '../arguments/pipeline.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { exitCodes } from '../terminal/exit-codes.js';
import { Interrupt } from '../terminal/interrupt.js';
import { print } from '../terminal/print.js';
import { describeError } from '../terminal/print-error.js';
import { paintError } from '../terminal/terminal-colour.js';

export interface PhotosOptions extends PipelineOptions {
  readonly out?: string;
  readonly faces?: string;
  readonly json?: boolean;
}

/** Of the stage. */
export const photosOptions = new SchemaOptions(photosConfigSchema);

/** Analyses the photographs that the paths name. Throws MediaError at the end when some could not be read; the others have their results. */
export async function analyzePhotographs(paths: readonly string[], options: PhotosOptions): Promise<void> {
  const config = parsePhotosConfig(photosOptions.given(options));
  const folders = [options.out, options.faces].filter((folder) => folder !== undefined);
  const { files: named, problems } = await listPictures(paths);
  const files = folders.length > 0 ? await withoutThoseIn(folders, named) : named;
  const count = files.length + problems.length;
  const hasLines = options.json === true || folders.length === 0;
  // On a terminal the lines themselves are the progress.
  const progress = hasLines && process.stdout.isTTY ? notesOnly : terminalProgress('analyze');
  const errors: MoodlensError[] = [];
  const failed = (error: MoodlensError): void => {
    errors.push(error);
    if (count > 1) progress.note(paintError(describeError(error, false).trimEnd()));
  };
  problems.forEach(failed);
  if (files.length > 0) {
    const run = { config, progress, failed, hasLines, hasSummary: count > 1 || !hasLines || options.json === true };
    await runPhotos(files, options, run);
  }
  if (errors.length === 0) return;
  if (count === 1) throw errors[0];
  throw new MediaError(`${errors.length} of ${count} pictures could not be read; the lines above name them`);
}

interface PhotosRun {
  readonly config: PhotosConfig;
  readonly progress: Progress;
  readonly failed: (error: MoodlensError) => void;
  /** Whether each photograph is printed, and the summary. */
  readonly hasLines: boolean;
  readonly hasSummary: boolean;
}

async function runPhotos(files: readonly string[], options: PhotosOptions, run: PhotosRun): Promise<void> {
  const { progress, hasLines } = run;
  const { json } = options;
  const interrupt = new Interrupt('the photograph in work is done');
  try {
    const { readers, kept, release } = await openParts(options, run.config);
    try {
      interrupt.onAsk = () => undefined;
      const done = kept ? files.filter((file) => kept.results.of(file)).length : 0;
      if (done > 0) progress.note(`${done} of ${files.length} photographs have their results from an earlier run`);
      const summary = await analyzePhotos({
        files,
        readers,
        kept,
        progress,
        decode: decodePicture,
        shouldStop: () => interrupt.wasAsked,
        onPhoto: async (photo) => {
          if (hasLines) await print(json ? `${photoLine(photo)}\n` : photoText(photo));
        },
        onUnreadable: run.failed,
      });
      progress.finish();
      if (run.hasSummary) await print((json ? photosSummaryLine : photosSummaryText)(summary));
    } finally {
      progress.finish();
      await release();
    }
  } finally {
    interrupt.stopListening();
  }
  if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
}

async function openParts(options: PhotosOptions, config: PhotosConfig) {
  const { people, expression: model, personal, release: releaseReaders } = await openReaders(options);
  let detector: FaceDetector | undefined;
  const release = async () => {
    await detector?.release();
    await releaseReaders();
  };
  try {
    detector = await openChosenDetector(options, config);
    const kept = await openKept(options, config, people?.names ?? []);
    return { readers: { detector, model, people, personal }, kept, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Notes, and no bar. */
const notesOnly: Progress = {
  ...silentProgress,
  note: (line) => {
    process.stderr.write(`${line}\n`);
  },
};

/** The whole paths, each once, without the files that an earlier run wrote. Throws ConfigError when that leaves none. */
async function withoutThoseIn(folders: readonly string[], named: readonly string[]): Promise<string[]> {
  const inside = await Promise.all(folders.map(async (folder) => `${await realPlace(folder)}${sep}`));
  const files: string[] = [];
  for (const file of new Set(named.map((path) => resolve(path)))) {
    const real = await realPlace(file);
    if (!inside.some((folder) => real.startsWith(folder))) files.push(file);
  }
  if (files.length === 0 && named.length > 0) {
    throw new ConfigError(
      `${folders.join(' and ')} must be for results, and all pictures that are named lie in it; name another folder`,
    );
  }
  return files;
}

/** Without links, as far as it is there. */
async function realPlace(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** Where the results of this run are kept, or of the run that it continues; undefined when no folder is named. Throws ConfigError for a folder with other files. */
async function openKept(options: PhotosOptions, config: PhotosConfig, names: readonly string[]) {
  const { out, faces } = options;
  const place = out ?? faces;
  if (place === undefined) return undefined;
  const isBegun = (await entriesOf(place)).includes(photoResultsFile);
  for (const [option, folder] of [
    ['--out', out],
    ['--faces', faces],
  ] as const) {
    if (isBegun || folder === undefined || (await entriesOf(folder)).length === 0) continue;
    throw new ConfigError(
      `${option} must name a new folder, or the one of a run to continue (with ${photoResultsFile}), and ${folder} holds other files; name another`,
    );
  }
  const results = await PhotoResults.open(createFolderStore(place), await settingsOf(options, config), place);
  const places = {
    drawn: out === undefined ? undefined : createFolderStore(out),
    crops: faces === undefined ? undefined : createFolderStore(faces),
  };
  return { results, files: new PhotoFiles(places, encodeJpeg, names) };
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new ConfigError(`${folder} must be a folder and is a file; name another place`);
    throw error;
  });
}

/** All that the results depend on, by option. */
async function settingsOf(options: PhotosOptions, { search, minScore }: PhotosConfig): Promise<PhotoSettings> {
  const hashed = async (path: string | undefined) => (path === undefined ? null : hashModelFile(path));
  const { detector, minFace = null, scaleFactor = null, minNeighbors = null } = options;
  return {
    model: await hashModelFile(options.model ?? shippedModelPath('expression.onnx')),
    people: await hashed(options.people),
    personal: await hashed(options.personal),
    detector: /[./\\]/.test(detector) ? await hashModelFile(detector) : detector,
    cascade: await hashed(options.cascade),
    minFace,
    scaleFactor,
    minNeighbors,
    search,
    minScore,
    out: options.out === undefined ? null : resolve(options.out),
    faces: options.faces === undefined ? null : resolve(options.faces),
  };
}
