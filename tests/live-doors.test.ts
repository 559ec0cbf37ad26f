// The terminal, the server's sources and the page open detector and pipeline with the same numbers and the same parts, those of
// core/live.
import { beforeEach, expect, it, vi } from 'vitest';
import { openPipeline, type PipelineOptions } from '../src/apps/cli/arguments/pipeline.js';
import { define as defineAnalyze } from '../src/apps/cli/commands/analyze-command.js';
import { define as defineTeach } from '../src/apps/cli/commands/teach/teach-command.js';
import type { ToDetection } from '../src/apps/web/worker/detection-protocol.js';
import { openLiveModels } from '../src/apps/web/worker/live-models.js';
import { DepthFilter } from '../src/core/detect/depth/depth-filter.js';
import type { FaceDetector } from '../src/core/detect/face.js';
import { defaultWindowRule, type WindowRule } from '../src/core/live/confirmation-windows.js';
import { defaultStartScore, liveSettings } from '../src/core/live/live-settings.js';
import type { LivePipelineOptions } from '../src/core/live/pipeline-parts.js';
import { parseAnalyzeConfig } from '../src/pipeline/streams/config.js';

type DetectorNumbers = { minScore?: number; search?: string; minFace?: number };

const seen = vi.hoisted(() => ({ detectors: [] as object[], pipelines: [] as object[] }));

vi.mock('../src/core/detect/mediapipe/neural-detector.js', () => ({
  NeuralFaceDetector: {
    open: async (_models: unknown, _openSession: unknown, options: object) => {
      seen.detectors.push(options);
      return {
        detect: async () => [],
        release: async () => undefined,
        // As the detector does it: the score stays.
        setSearch: ({ search, minFace }: { search?: string; minFace?: number }) =>
          seen.detectors.push({ ...options, search, minFace }),
      };
    },
  },
}));
vi.mock('../src/core/live/pipeline.js', () => ({
  LivePipeline: class {
    constructor(options: object) {
      seen.pipelines.push(options);
    }
  },
}));
vi.mock('../src/apps/cli/arguments/model.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  openExpressionModel: async () => ({ metadata: { name: 'general' }, release() {} }),
}));
vi.mock('../src/apps/cli/arguments/people.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  readPeopleFile: async (path: string) => ({ path, taught: new Map() }),
}));
vi.mock('../src/apps/cli/arguments/personal.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  personalReadings: async () => new Map([['Ada', {}]]),
  personalModel: async () => ({ metadata: { name: 'of one person' } }),
  readPersonal: async () => ({}),
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
});

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
  await openPipeline({ ...terminalOptions(), people: 'people.yml' }, parseAnalyzeConfig({}), filter);
  expect(parts()).toMatchObject({
    expression: { metadata: { name: 'general' } },
    people: { path: 'people.yml' },
    personal: new Map([['Ada', {}]]),
    depthFilter: filter,
  });
  // One person's calibration for every face leaves no room for others by name.
  const options = { ...terminalOptions(), people: 'people.yml', personal: 'ada.json' };
  await openPipeline(options, parseAnalyzeConfig({}), undefined);
  expect(parts()).toMatchObject({
    expression: { metadata: { name: 'of one person' } },
    people: { path: 'people.yml' },
  });
  expect(parts().personal).toBeUndefined();
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
