// `moodlens collect NAME`: saves checked face pictures of one person from pictures, a video or a camera.
import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../../adapters/node/image-codec.js';
import { makeFolder } from '../../../adapters/node/make-folder.js';
import { writing } from '../../../adapters/node/storage-error.js';
import { terminalProgress } from '../../../adapters/node/terminal-progress.js';
import { openSource } from '../../../adapters/node/video/open-source.js';
import { ConfigError, MediaError, PeopleError } from '../../../core/errors.js';
import { personFolder } from '../../../core/identity/person-name.js';
import type { Picture } from '../../../core/image/picture.js';
import type { FrameSource } from '../../../core/ports/frame-source.js';
import { type CandidateFrame, type Collection, collectFaces } from '../../../pipeline/collect/collect.js';
import { type CollectOptions, collectSchema, parseCollect } from '../../../pipeline/collect/config.js';
import { describeCollection, describeEmptyCollection } from '../../../pipeline/collect/report/describe-collection.js';
import { openDetector } from '../arguments/detector.js';
import { jsonOption } from '../arguments/json.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { commandOf } from '../command-descriptions.js';
import { exitCodes } from '../terminal/exit-codes.js';
import { Interrupt } from '../terminal/interrupt.js';

interface CollectCommandOptions extends CollectOptions {
  readonly out: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(collectSchema);

const pictureName = /\.(jpe?g|png|webp|tiff?|avif|heic|heif|pgm|ppm)$/i;
/** Larger frames are scaled down: faces are compared at 100 pixels. */
const largestSidePx = 1920;

/** The command's definition. */
export function define(): Command {
  return commandOf('collect', '`moodlens people train` learns from them')
    .argument('<name>', 'the person; also the folder in --out')
    .argument(
      '<source...>',
      'pictures, folders of pictures, videos, a camera (camera, camera:1, camera:NAME) or http(s)://, rtsp(s)://',
    )
    .addOption(stage.option('photos'))
    .addOption(stage.option('everyMs', { flag: 'every' }))
    .addOption(stage.option('minFacePx', { flag: 'minFace' }))
    .addOption(stage.option('maxTurn'))
    .addOption(stage.option('maxTiltDegrees', { flag: 'maxTilt' }))
    .option('--out <dir>', 'folder of the people', 'people')
    .addOption(jsonOption('a summary as JSON'))
    .action(collect);
}

async function collect(name: string, sources: readonly string[], options: CollectCommandOptions): Promise<void> {
  const config = parseCollect(stage.given(options));
  const person = parseName(name);
  const folder = join(options.out, person);
  const files: string[] = [];
  const interrupt = new Interrupt('the source answers and the picture in work is saved');
  // A second person is noticed also where the detector is unsure.
  const detector = await openDetector({ minScore: 0.35 });
  const progress = terminalProgress('collect');
  try {
    const nameFile = await fileNames(folder);
    const frames = new Frames(sources);
    interrupt.onAsk = () => frames.stop();
    const collection = await collectFaces(frames, config, {
      detector,
      progress,
      shouldStop: () => interrupt.wasAsked,
      save: async (picture) => {
        if (files.length === 0) await writing(folder, () => makeFolder(folder, { mode: 0o700 }));
        const file = join(folder, nameFile());
        await writeFileAtomic(file, await encodePng(picture), { mode: 0o600 });
        files.push(file);
      },
    });
    // What was saved before a source failed is reported all the same.
    if (frames.error === undefined || collection.saved > 0) {
      report({ person, folder, wanted: config.photos, files }, collection, options.json === true);
    }
    if (frames.error !== undefined) throw frames.error;
    if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.stopListening();
    progress.finish();
    await detector.release();
  }
}

/** Numbers continue after those that are there; the random part keeps the names of two collections at the same time apart. */
async function fileNames(folder: string): Promise<() => string> {
  const there = await readdir(folder).catch(() => [] as string[]);
  let number = Math.max(0, ...there.map((file) => Number(/^face-(\d{4,9})-/.exec(file)?.[1] ?? 0)));
  return () => `face-${String(++number).padStart(4, '0')}-${randomBytes(4).toString('hex')}.png`;
}

/** The sources' frames; ends where a source fails and keeps the error. */
class Frames implements AsyncIterable<CandidateFrame> {
  error: unknown;
  readonly #sources: readonly string[];
  #isStopped = false;
  #video: FrameSource | undefined;

  constructor(sources: readonly string[]) {
    this.#sources = sources;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CandidateFrame> {
    try {
      yield* this.#candidates();
    } catch (error) {
      this.error = error;
    }
  }

  /** Ends them: a camera that gives nothing would be waited for. */
  stop(): void {
    this.#isStopped = true;
    void this.#video?.close();
  }

  async *#candidates(): AsyncGenerator<CandidateFrame> {
    // The first source's times must not hold back the second's.
    let startMs = 0;
    for (const source of this.#sources) {
      if (this.#isStopped) return;
      const found = await stat(source).catch(() => undefined);
      if (found?.isDirectory()) {
        const names = (await createFolderStore(source).list()).filter((file) => pictureName.test(file));
        if (names.length === 0) throw new MediaError(`${source} must hold pictures and has none; name another folder`);
        for (const file of names) yield { picture: await readOrNot(join(source, file)), timeMs: null };
      } else if (pictureName.test(source) && !/^[a-z]+:\/\//i.test(source)) {
        yield { picture: await decodePicture(source), timeMs: null };
      } else {
        const video = await openSource(source, { maxSide: largestSidePx });
        this.#video = video;
        if (this.#isStopped) await video.close();
        let lastMs = 0;
        try {
          for await (const { picture, timeMs } of video) {
            lastMs = timeMs;
            yield { picture, timeMs: startMs + timeMs };
          }
        } finally {
          await video.close();
        }
        startMs += lastMs + 3_600_001;
      }
    }
  }
}

/** A picture named on the command line must be one; of a folder, what cannot be read is counted. */
async function readOrNot(path: string): Promise<Picture | 'unreadable'> {
  return decodePicture(path).catch((error: unknown) => {
    if (error instanceof MediaError) return 'unreadable' as const;
    throw error;
  });
}

interface Target {
  readonly person: string;
  readonly folder: string;
  readonly wanted: number;
  readonly files: readonly string[];
}

function report({ person, folder, wanted, files }: Target, collection: Collection, json: boolean): void {
  const { saved, looked, tooSoon, rejected } = collection;
  if (json) {
    const line = { person, out: folder, wanted, saved, looked, tooSoon, rejected, files };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  } else if (saved > 0) {
    process.stdout.write(describeCollection(collection, { folder, wanted }));
  }
  if (saved === 0) throw new PeopleError(describeEmptyCollection(collection));
}

/** A name that cannot be a folder is wrong use. */
function parseName(name: string): string {
  try {
    return personFolder(name);
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}
