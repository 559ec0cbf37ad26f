// The terminal, the server's sources and the page open detector and pipeline with the same numbers and the same parts, those of
// core/live, and learn the same personal calibrations from the same examples, those of core/personal.
import { beforeEach, expect, it, vi } from 'vitest';
import { openPipeline, type PipelineOptions } from '../src/apps/cli/arguments/pipeline.js';
import { define as defineAnalyze } from '../src/apps/cli/commands/analyze-command.js';
import { define as defineTeach } from '../src/apps/cli/commands/teach/teach-command.js';
import type { ToDetection } from '../src/apps/web/worker/detection-protocol.js';
import { KnownPeople } from '../src/apps/web/worker/known-people.js';
import { openLiveModels } from '../src/apps/web/worker/live-models.js';
import type { FromWorker } from '../src/apps/web/worker/protocol.js';
import { DepthFilter } from '../src/core/detect/depth/depth-filter.js';
import type { FaceDetector } from '../src/core/detect/face.js';
import { defaultWindowRule, type WindowRule } from '../src/core/live/confirmation-windows.js';
import { defaultStartScore, liveSettings } from '../src/core/live/live-settings.js';
import { LivePipeline } from '../src/core/live/pipeline.js';
import type { LivePipelineOptions, PersonalReading } from '../src/core/live/pipeline-parts.js';
import type { ExpressionModel } from '../src/core/model/expression-model.js';
import { type PersonalFile, writePersonalFile } from '../src/core/personal/personal-file.js';
import { parseAnalyzeConfig } from '../src/pipeline/streams/config.js';
import { createMemoryStore } from './fixtures/memory-store.js';

type DetectorNumbers = { minScore?: number; search?: string; minFace?: number };

const seen = vi.hoisted(() => ({
  detectors: [] as object[],
  pipelines: [] as object[],
  /** What the page gave its pipeline later. */
  personal: [] as unknown[],
  warnings: [] as string[],
}));

/** What people taught, in the people file and in the browser's storage. */
const taught = vi.hoisted(() => new Map<string, PersonalFile>());

/** Always says happy; its features are the greys of the first and last pixel. */
const general = vi.hoisted(() => ({
  hash: 'a'.repeat(64),
  model: {
    metadata: { name: 'general', labels: ['happy', 'sad'], input: { width: 8, height: 8 } },
    predict: async (faces: readonly { data: Uint8Array }[]) =>
      faces.map(({ data }) => ({
        label: 0,
        probabilities: Float32Array.of(0.7, 0.3),
        embedding: Float32Array.of(data[0]! / 255, data.at(-1)! / 255),
      })),
    release: async () => undefined,
  } as unknown as ExpressionModel,
}));

vi.mock('../src/core/detect/networks/open-detector.js', () => ({
  openNetworkDetector: async (_models: unknown, _openSession: unknown, options: object) => {
    seen.detectors.push(options);
    return {
      detect: async () => [],
      release: async () => undefined,
      // As the detectors do it: the score stays.
      setSearch: ({ search, minFace }: { search?: string; minFace?: number }) =>
        seen.detectors.push({ ...options, search, minFace }),
    };
  },
}));
vi.mock('../src/core/live/pipeline.js', () => ({
  LivePipeline: class {
    constructor(options: object) {
      seen.pipelines.push(options);
    }
    async setPeople() {}
    async setPersonal(personal: unknown) {
      seen.personal.push(personal);
    }
  },
}));
vi.mock('../src/apps/cli/arguments/model.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  openExpressionModel: async () => general.model,
  hashModelFile: async () => general.hash,
}));
vi.mock('../src/apps/cli/arguments/people.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  readPeopleFile: async (path: string) => ({ path, taught }),
  openPeople: async (_path: string, people: unknown) => ({ people, release: async () => undefined }),
}));
vi.mock('../src/apps/cli/arguments/personal.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  personalModel: async () => ({ metadata: { name: 'of one person' } }),
  readPersonal: async () => ({}),
}));
vi.mock('../src/apps/cli/terminal/terminal-colour.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  warn: (text: string) => seen.warnings.push(text),
}));
vi.mock('../src/adapters/browser/files.js', () => ({
  openBrowserStore: async () => {
    const store = createMemoryStore();
    for (const [name, file] of taught) await store.write(`taught/${name}`, writePersonalFile(file));
    return store;
  },
}));
vi.mock('../src/apps/cli/commands/teach/guide-teaching.js', () => ({ guideTeaching: async () => undefined }));
vi.mock('../src/adapters/node/shipped-models.js', () => ({
  shippedModel: async () => new Uint8Array(),
  shippedModelPath: (name: string) => name,
}));
vi.mock('../src/adapters/browser/image-codec.js', () => ({ FrameReader: class {} }));
vi.mock('../src/adapters/browser/session.js', () => ({ openSession: async () => ({}) }));
vi.mock('../src/apps/web/worker/runtime-files.js', () => ({ useOwnRuntimeFiles: () => undefined }));
vi.mock('../src/apps/web/worker/model-files.js', () => ({
  readModelSource: async (source: unknown) => (String(source).includes('expression') ? undefined : new Uint8Array(1)),
}));

beforeEach(() => {
  seen.detectors.length = 0;
  seen.pipelines.length = 0;
  seen.personal.length = 0;
  seen.warnings.length = 0;
  taught.clear();
});

/** A grey picture whose upper half is `top` and whose lower half is `bottom`. */
const shows = (expression: string, top: number, bottom: number) => ({
  expression,
  picture: {
    ...{ width: 8, height: 8, channels: 1 as const },
    data: Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? top : bottom)),
  },
});
const usable = [shows('happy', 250, 10), shows('sad', 10, 250)];

const asked = () => {
  const { minScore, search = 'quick', minFace } = seen.detectors.at(-1) as DetectorNumbers;
  return { minScore, search, ...(minFace === undefined ? {} : { minFace }) };
};
/** All that is no part: whatever number a pipeline takes, every door gives the same one. */
const opened = () => {
  const { detector, clock, expression, people, personal, depthFilter, ...numbers } = seen.pipelines.at(
    -1,
  ) as LivePipelineOptions;
  return numbers;
};
const parts = () => {
  const { expression, people, personal, depthFilter } = seen.pipelines.at(-1) as LivePipelineOptions;
  return { expression, people, personal, depthFilter };
};
const expected = {
  detector: { minScore: 0.5, search: 'quick' },
  pipeline: { startScore: defaultStartScore, confirmation: { rule: defaultWindowRule } },
};

/** The options of the command when nothing is said. */
const terminalOptions = (): PipelineOptions => defineAnalyze().opts();

/** The page's detection worker and its live worker's models, without networks. */
async function openPageDoor(windowRule: WindowRule = defaultWindowRule) {
  const scope = globalThis as unknown as {
    postMessage: unknown;
    onmessage: ((event: { data: ToDetection }) => void) | null;
  };
  scope.postMessage = () => undefined;
  vi.resetModules();
  await import('../src/apps/web/worker/detection-worker.js');
  const { port1, port2 } = new MessageChannel();
  scope.onmessage!({ data: { type: 'channel', port: port2 } as unknown as ToDetection });
  const detector: FaceDetector = { detect: async () => [], release: async () => undefined };
  await openLiveModels(
    { modelsUrl: 'http://127.0.0.1/', threads: 1, expression: undefined, windowRule },
    { port: port1 as unknown as MessagePort, detector },
    () => undefined,
  );
  expect((seen.pipelines.at(-1) as LivePipelineOptions).detector).toBe(detector);
  return {
    wantSmallFaces: (wanted: boolean) => scope.onmessage!({ data: { type: 'small-faces', wanted } }),
    close: () => {
      port1.close();
      port2.close();
    },
  };
}

it('the settings go by the documented numbers', () => {
  expect(defaultStartScore).toBe(0.65);
  expect(defaultWindowRule).toBe('smooth');
  expect(liveSettings().detector).toEqual(expected.detector);
  expect(liveSettings({ startScore: 0.1 }).detector.minScore).toBeCloseTo(0.05, 9);
  expect(liveSettings({ minFace: 30 }).detector).toEqual({ minScore: 0.5, search: 'spread', minFace: 30 });
});

it('the terminal, and with it each source of the server, asks for them', async () => {
  await openPipeline(terminalOptions(), parseAnalyzeConfig({}), undefined);
  expect(asked()).toEqual(expected.detector);
  expect(opened()).toEqual(expected.pipeline);
  await openPipeline({ ...terminalOptions(), minFace: '24' }, parseAnalyzeConfig({}), undefined);
  expect(asked()).toEqual({ minScore: 0.5, search: 'spread', minFace: 24 });
});

it('the terminal gives the pipeline its parts', async () => {
  const filter = new DepthFilter();
  taught.set('Ada', { model: general.hash, pictures: usable });
  await openPipeline({ ...terminalOptions(), people: 'people.yml' }, parseAnalyzeConfig({}), filter);
  expect(parts()).toMatchObject({
    expression: { metadata: { name: 'general' } },
    people: { path: 'people.yml' },
    depthFilter: filter,
  });
  expect([...parts().personal!.keys()]).toEqual(['Ada']);
  // One person's calibration for every face leaves no room for others by name.
  const options = { ...terminalOptions(), people: 'people.yml', personal: 'ada.json' };
  await openPipeline(options, parseAnalyzeConfig({}), undefined);
  expect(parts()).toMatchObject({
    expression: { metadata: { name: 'of one person' } },
    people: { path: 'people.yml' },
  });
  expect(parts().personal).toBeUndefined();
});

/** What each calibration makes of the general model's answer to a few features, by name. */
const readingsOf = (personal: ReadonlyMap<string, PersonalReading>) =>
  [...personal].map(([name, reading]) => [
    name,
    [
      [0, 1],
      [1, 0],
      [0.4, 0.6],
    ].map((embedding) => Array.from(reading.adapt([0.7, 0.3], embedding))),
  ]);

it('terminal and page learn the same personal calibrations, and tell the same of them', async () => {
  taught.set('Ada', { model: 'b'.repeat(64), pictures: [...usable, shows('contempt', 100, 100)] });
  taught.set('Bob', { model: 'b'.repeat(64), pictures: [shows('contempt', 100, 100)] });
  taught.set('Cy', { model: general.hash, pictures: usable.slice(1) });
  await openPipeline({ ...terminalOptions(), people: 'people.yml' }, parseAnalyzeConfig({}), undefined);
  const inTerminal = readingsOf(parts().personal!);
  expect(inTerminal.map(([name]) => name)).toEqual(['Ada', 'Cy']);
  // A calibration that changes nothing could not differ.
  expect(inTerminal[0]![1]![0]).not.toEqual([0.7, 0.3]);
  expect(seen.warnings).toEqual([
    'Ada was taught with another model; the same pictures teach this one',
    'Ada taught 3 pictures, of which 2 can be used: those of expressions that the model knows',
    'Bob taught 1 picture, of which 0 can be used: those of expressions that the model knows',
  ]);

  const posted: FromWorker[] = [];
  const people = new KnownPeople(
    (message) => posted.push(message),
    (change) => change(),
  );
  await people.open(new LivePipeline({} as LivePipelineOptions));
  await people.useModel({ model: general.model, hash: general.hash });
  expect(posted.filter(({ type }) => type === 'people-failed')).toEqual([]);
  expect(readingsOf(seen.personal.at(-1) as ReadonlyMap<string, PersonalReading>)).toEqual(inTerminal);
  const notes = posted.flatMap((message) => (message.type === 'people-note' ? message.text : []));
  expect(notes).toEqual([seen.warnings.map((warning) => `${warning}.`).join(' ')]);
});

it('a chosen window rule and start score reach both', async () => {
  await openPipeline({ ...terminalOptions(), window: 'original' }, parseAnalyzeConfig({ minScore: 0.8 }), undefined);
  expect(asked().minScore).toBeCloseTo(0.65, 9);
  expect(opened()).toEqual({ startScore: 0.8, confirmation: { rule: 'original' } });
  const door = await openPageDoor('original');
  door.close();
  expect(opened()).toEqual({ ...expected.pipeline, confirmation: { rule: 'original' } });
});

it('the page asks for them', async () => {
  const door = await openPageDoor();
  try {
    expect(asked()).toEqual(expected.detector);
    expect(opened()).toEqual(expected.pipeline);
    door.wantSmallFaces(true);
    expect(asked()).toEqual({ minScore: 0.5, search: 'spread', minFace: 24 });
    door.wantSmallFaces(false);
    expect(asked()).toEqual(expected.detector);
  } finally {
    door.close();
  }
});

it('teaching in front of a camera asks for them in the terminal, as in the page', async () => {
  const before = process.exitCode;
  await defineTeach().parseAsync(['node', 'teach', '--camera', '--out', '/nowhere/ada.json']);
  process.exitCode = before;
  expect(asked()).toEqual(expected.detector);
});
