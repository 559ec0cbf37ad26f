// Every reader of files, given files that are damaged in some 400 ways each: what comes is a value or an error of ours, never another
// error, a crash, a hang or memory without bounds.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../../src/adapters/node/image-codec.js';
import { openJournal } from '../../src/adapters/node/journal/open-journal.js';
import { checkKinectDump, KinectDumpWriter } from '../../src/adapters/node/kinect/kinect-dump.js';
import { openSession } from '../../src/adapters/node/session.js';
import { decodeDepth, encodeDepth } from '../../src/adapters/node/video/depth-codec.js';
import { openDepthFolder } from '../../src/adapters/node/video/depth-folder.js';
import { readJsonFile } from '../../src/apps/cli/arguments/text-file.js';
import { parseScene } from '../../src/apps/web/sources/sample-scene.js';
import { parseMarkdown } from '../../src/apps/web/view/models/parse-markdown.js';
import { readCardFigures } from '../../src/apps/web/view/models/read-card-figures.js';
import { packPictures, unpackPictures } from '../../src/apps/web/worker/packed-pictures.js';
import { readEvaluation } from '../../src/apps/web/worker/read-evaluation.js';
import { readProbabilitiesCsv } from '../../src/core/dataset/audit/probabilities-csv.js';
import { ferplusClasses, readFerplusCsv } from '../../src/core/dataset/ferplus-csv.js';
import { expressionLabels } from '../../src/core/dataset/labels.js';
import { readPackedDataset, writeDataset } from '../../src/core/dataset/packed-dataset.js';
import { readSplitFile, writeSplitFile } from '../../src/core/dataset/split-file.js';
import { readHaarCascade } from '../../src/core/detect/haar/cascade.js';
import { MoodlensError } from '../../src/core/errors.js';
import { readOpenCvYaml } from '../../src/core/identity/opencv-yaml.js';
import { People } from '../../src/core/identity/people.js';
import { decodeNetpbm } from '../../src/core/image/netpbm.js';
import type { GreyPicture } from '../../src/core/image/picture.js';
import { packServedFrame, unpackServedFrame } from '../../src/core/live/served-frame.js';
import { ExpressionModel } from '../../src/core/model/expression-model.js';
import { readExpressionModel } from '../../src/core/model/read-expression-model.js';
import { createArchitecture } from '../../src/core/nn/architectures/create-architecture.js';
import { initialWeights } from '../../src/core/nn/architectures/parameters.js';
import { createRandom } from '../../src/core/numbers/random.js';
import { fromTflite } from '../../src/core/onnx/from-tflite.js';
import { readModel } from '../../src/core/onnx/read-model.js';
import { readPersonalFile, writePersonalFile } from '../../src/core/personal/personal-file.js';
import { readCheckpoint, writeCheckpoint } from '../../src/core/training/checkpoint.js';
import { freshState } from '../../src/core/training/trainer-state.js';
import { createStudy } from '../../src/core/tuning/create-study.js';
import { JournalReplay } from '../../src/core/tuning/journal/journal-replay.js';
import { importFer2013 } from '../../src/pipeline/data/import-fer2013.js';
import { parseTrainConfig } from '../../src/pipeline/train/config.js';
import { readRunConfig, readRunFacts, readRunStarts } from '../../src/pipeline/train/run-folder.js';
import { readRunRecord } from '../../src/pipeline/train/runs/run-record.js';
import { parseSearch } from '../../src/pipeline/tune/search-space.js';
import { damaged } from '../fixtures/damage.js';
import { createMemoryStore } from '../fixtures/memory-store.js';
import { runFilesOf } from '../fixtures/run-files.js';
import { smallDataset } from '../fixtures/small-dataset.js';
import { tinyExpressionModel } from '../fixtures/tiny-expression-model.js';
import { repositoryRoot } from '../requirements.js';

const variants = 400;
/** What a reader of files below a megabyte or two may take at most, with all that waits for the garbage collector. */
const mostMemory = 1.5 * 2 ** 30;

const inRepository = (path: string) => new Uint8Array(readFileSync(join(repositoryRoot, path)));
const bytesOf = (text: string) => new TextEncoder().encode(text);
/** As files are read as text: what is no UTF-8 is replaced. */
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const folder = mkdtempSync(join(tmpdir(), 'moodlens-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function grey(seed: number, side = 48): GreyPicture & { readonly data: Uint8Array } {
  const random = createRandom(seed);
  return {
    ...{ width: side, height: side, channels: 1 },
    data: Uint8Array.from({ length: side * side }, (_, i) => 128 + 60 * Math.sin(i / (5 + seed)) + 40 * random.next()),
  };
}

interface Reader {
  /** The whole file; read before any damage, so that what is tested can be read at all. */
  readonly whole: () => Uint8Array | Promise<Uint8Array>;
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => unknown;
  /** Whether it makes something of whatever there is, and refuses nothing. */
  readonly takesAll?: boolean;
}

const json = (value: unknown) => () => bytesOf(JSON.stringify(value, null, 2));

/** A reader that takes a path. */
function atPath(name: string, read: (path: string) => unknown): Reader['read'] {
  return (bytes) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return read(path);
  };
}

const dataset = smallDataset(Array.from({ length: 30 }, (_, i) => ({ label: i % 7, split: i % 3, pixels: i * 8 })));
const people = () =>
  People.train([
    ['Ada', [1, 2, 3].map((seed) => ({ picture: grey(seed), face: null }))],
    ['Zoë', [4, 5, 6].map((seed) => ({ picture: grey(seed), face: null }))],
  ]);
const taught = { model: '0'.repeat(64), pictures: [{ expression: 'happy', picture: grey(1) }] };
const run = runFilesOf({
  epochs: [
    [1.5, 0.5],
    [1.1, 0.62],
  ],
  facts: { starts: [{ at: '2026-03-01T10:00:00.000Z', moodlens: '0.1.0', device: 'cpu' }] },
  result: { end: 'finished', epochs: 3, bestEpoch: 2, seconds: 200, endedAt: '2026-03-01T10:05:00.000Z' },
});
const served = { sequence: 1, width: 640, height: 480, capturedAt: 1, result: { faces: [], rejected: [] } };

const ofRun = (file: string): Reader => ({
  whole: () => bytesOf(run[file]!),
  read: async (bytes) => {
    const store = createMemoryStore(new Map(Object.entries(run).map(([name, text]) => [name, bytesOf(text)])));
    store.blobs.set(file, bytes);
    await readRunRecord({ name: 'run', store });
    if (file === 'run.json') return [await readRunFacts(store), await readRunStarts(store)];
    return file === 'config.json' ? readRunConfig(store) : undefined;
  },
});

const ofDataset = (file: string): Reader => {
  const store = createMemoryStore();
  return {
    whole: async () => {
      await writeDataset(store, dataset);
      return store.blobs.get(file)!;
    },
    read: (bytes) => readPackedDataset(createMemoryStore(new Map([...store.blobs, [file, bytes]]))),
  };
};

const picture = (format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif'): Reader => ({
  whole: async () => {
    const { data, width, height } = grey(3, 96);
    return new Uint8Array(
      await sharp(data, { raw: { width, height, channels: 1 } })
        [format]()
        .toBuffer(),
    );
  },
  read: (bytes) => decodePicture(bytes),
});

const kinect = join(folder, 'kinect');
const ofKinect = (ending: string): Reader => {
  let file = '';
  return {
    whole: async () => {
      if (!existsSync(kinect)) await recordKinect();
      file = join(kinect, readdirSync(kinect).find((name) => name.endsWith(ending))!);
      return new Uint8Array(readFileSync(file));
    },
    read: async (bytes) => {
      const before = readFileSync(file);
      writeFileSync(file, bytes);
      try {
        return await checkKinectDump(kinect);
      } finally {
        writeFileSync(file, before);
      }
    },
  };
};

async function recordKinect(): Promise<void> {
  const [width, height] = [640, 480];
  const writer = await KinectDumpWriter.create(kinect);
  for (let index = 0; index < 3; index++) {
    await writer.write({
      ...{ index, timeMs: 33 * index },
      picture: { width, height, channels: 3, data: new Uint8Array(3 * width * height) },
      depth: { width, height, kind: 'disparity', data: new Uint16Array(width * height).fill(600) },
    });
  }
}

const fer2013 = `emotion,pixels,Usage\n${Array.from({ length: 6 }, (_, i) => `${i},${grey(i).data.join(' ')},Training`).join('\n')}\n`;

const readers: Readonly<Record<string, Reader>> = {
  'a detector (ONNX)': { whole: () => inRepository('models/face-short-range.onnx'), read: readModel },
  'an expression model': { whole: () => inRepository('models/expression.int8.onnx'), read: readExpressionModel },
  'a model in ONNX Runtime': {
    whole: () => tinyExpressionModel(),
    read: async (bytes) => {
      const model = await ExpressionModel.open(bytes, openSession);
      try {
        return await model.predict([grey(1)]);
      } finally {
        await model.release();
      }
    },
  },
  'a .tflite model': {
    whole: () => inRepository('node_modules/@mediapipe/face_detection/face_detection_short_range.tflite'),
    read: (bytes) => fromTflite(bytes, { name: 'damaged' }),
  },
  'fer2013.csv': {
    whole: () => bytesOf(fer2013),
    read: (bytes) =>
      importFer2013(
        (async function* () {
          for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
        })(),
        'fer2013.csv',
        { skipBad: bytes.length % 2 === 0 },
      ),
  },
  "FER+'s votes": {
    whole: () =>
      bytesOf(`Usage,Image name,${ferplusClasses.join(',')}\n${'Training,fer1.png,1,2,3,4,0,0,0,0,0,0\n'.repeat(50)}`),
    read: (bytes) => readFerplusCsv(textOf(bytes)),
  },
  'probabilities as CSV': {
    whole: () =>
      bytesOf(
        `row,${expressionLabels.join(',')}\n${Array.from({ length: 20 }, (_, i) => `${i},0.4,0.1,0.1,0.1,0.1,0.1,0.1`).join('\n')}\n`,
      ),
    read: (bytes) => readProbabilitiesCsv(textOf(bytes), dataset),
  },
  'dataset.json': ofDataset('dataset.json'),
  'pixels.bin': ofDataset('pixels.bin'),
  'classes.bin': ofDataset('classes.bin'),
  'splits.bin': ofDataset('splits.bin'),
  'rows.bin': ofDataset('rows.bin'),
  'a split file': {
    whole: () => {
      const sets = new Map([
        ['train', Int32Array.from({ length: 20 }, (_, i) => i)],
        ['test', Int32Array.of(20, 22, 29)],
      ]);
      return bytesOf(writeSplitFile(dataset, { method: 'by hand', seed: 1, sets }).text);
    },
    read: (bytes) => readSplitFile(textOf(bytes), dataset),
  },
  'a people file': {
    whole: () => {
      const known = people();
      known.taught = new Map([['Ada', taught]]);
      return bytesOf(known.toYaml());
    },
    read: (bytes) => People.fromYaml(textOf(bytes)).identify(grey(1), null),
  },
  "OpenCV's LBPH file": {
    whole: () => inRepository('src/core/identity/fixtures/opencv.yml'),
    read: (bytes) => [readOpenCvYaml(textOf(bytes)), People.fromYaml(textOf(bytes))],
  },
  'a personal file': {
    whole: () => bytesOf(writePersonalFile(taught)),
    read: (bytes) => readPersonalFile(textOf(bytes)),
  },
  "a study's journal": {
    whole: async () => {
      const storage = await openJournal(join(folder, 'whole.journal'));
      const study = await createStudy({ name: 'search', storage });
      await study.optimize(
        (trial) =>
          trial.suggestFloat('x', -5, 5) + trial.suggestInt('n', 1, 9) + trial.suggestCategorical('c', [1, 2])!,
        { trials: 8 },
      );
      await storage.close();
      return new Uint8Array(readFileSync(join(folder, 'whole.journal')));
    },
    read: atPath('damaged.journal', async (path) => {
      const journal = await openJournal(path);
      try {
        const replay = new JournalReplay();
        replay.apply(await journal.read(0));
        return replay.studies;
      } finally {
        await journal.close();
      }
    }),
  },
  'a PNG': picture('png'),
  'a JPEG': picture('jpeg'),
  'a WebP': picture('webp'),
  'a GIF': picture('gif'),
  'a TIFF': picture('tiff'),
  'an AVIF': picture('avif'),
  'a PGM': {
    whole: () => Buffer.concat([Buffer.from('P5 48 48 255\n'), grey(1).data]),
    read: (bytes) => [decodeNetpbm(bytes), decodePicture(bytes)].at(-1),
  },
  'a plain PPM': {
    whole: () => bytesOf(`P3\n# a comment\n8 8\n255\n${Array.from({ length: 192 }, (_, i) => i).join(' ')}\n`),
    read: (bytes) => decodeNetpbm(bytes),
  },
  'a depth picture': {
    whole: () => {
      const data = Uint16Array.from({ length: 64 * 48 }, (_, i) => 500 + i);
      return encodeDepth({ width: 64, height: 48, kind: 'millimetres', data });
    },
    read: atPath('depth.png', (path) => decodeDepth(path)),
  },
  "a depth folder's camera.json": {
    whole: json({ focalLengthPx: 525, width: 640, height: 480, depthUnit: 'disparity', shift: [1, 2] }),
    read: (bytes) => {
      const path = join(folder, 'depth');
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, '1-depth.png'), '');
      writeFileSync(join(path, 'camera.json'), bytes);
      return openDepthFolder(path);
    },
  },
  "a Kinect recording's index": ofKinect('INDEX.txt'),
  "a Kinect recording's depth": ofKinect('.pgm'),
  "a Kinect recording's colour": ofKinect('.ppm'),
  'a Haar cascade': {
    whole: () => inRepository('models/haarcascade_frontalface_default.xml'),
    read: (bytes) => readHaarCascade(textOf(bytes)),
  },
  'config.json': ofRun('config.json'),
  'run.json': ofRun('run.json'),
  'metrics.jsonl': ofRun('metrics.jsonl'),
  // A run whose result cannot be read counts as one that has not ended.
  'result.json': { ...ofRun('result.json'), takesAll: true },
  'a training configuration': {
    whole: () => inRepository('configs/residual.json'),
    read: atPath('config.json', async (path) => parseTrainConfig(await readJsonFile(path))),
  },
  'a search': {
    whole: () => inRepository('configs/tune-compact.json'),
    read: atPath('search.json', async (path) => parseSearch(await readJsonFile(path), async () => ({}))),
  },
  'a checkpoint': {
    whole: () => {
      const weights = initialWeights(createArchitecture('compact', { classes: 2 }), createRandom(1));
      return writeCheckpoint({ trainer: freshState, engine: { weights, optimiser: new Map(), average: new Map() } });
    },
    read: readCheckpoint,
  },
  "a model's card": {
    whole: () => inRepository('models/expression.md'),
    takesAll: true,
    read: (bytes) => [parseMarkdown(textOf(bytes)), readCardFigures(textOf(bytes), expressionLabels)],
  },
  'an evaluation': {
    whole: () => inRepository('models/expression.evaluation.json'),
    read: (bytes) => readEvaluation('evaluation.json', textOf(bytes)),
  },
  'pictures that the page keeps': { whole: () => packPictures([grey(1), grey(2)]), read: unpackPictures },
  'a frame that the server sends': {
    whole: () => packServedFrame(served as never, grey(1).data),
    read: unpackServedFrame,
  },
  'the sample scene': {
    whole: () => inRepository('src/apps/web/public/sample/scene.json'),
    read: atPath('scene.json', async (path) => parseScene(await readJsonFile(path))),
  },
};

describe.each(Object.entries(readers))('%s', (_, { whole, read, takesAll = false }) => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    bytes = await whole();
  });

  it('is read while it is whole', async () => {
    await read(Uint8Array.from(bytes));
  });

  it(`damaged in ${variants} ways gives a value or an error of ours`, async () => {
    const faults: string[] = [];
    let refused = 0;
    let mostBytes = 0;
    for (let number = 0; number < variants; number++) {
      const file = damaged(bytes, number);
      try {
        await read(file.bytes);
      } catch (error) {
        if (error instanceof MoodlensError) refused++;
        else
          faults.push(`${file.how}: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : error}`);
      }
      mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    }
    expect(faults.slice(0, 5)).toEqual([]);
    // Damage that no reader notices would test nothing.
    if (!takesAll) expect(refused).toBeGreaterThan(variants / 20);
    expect(mostBytes).toBeLessThan(mostMemory);
  }, 3_600_000);
});
