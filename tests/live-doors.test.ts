// Terminal, sources that the server analyses, and page ask detector and pipeline for the same: whoever opens a door to the live
// pipeline takes its numbers from core/live.
import { beforeEach, expect, it, vi } from 'vitest';
import { openPipeline, type PipelineOptions } from '../src/apps/cli/arguments/pipeline.js';
import { define as defineAnalyze } from '../src/apps/cli/commands/analyze-command.js';
import { define as defineTeach } from '../src/apps/cli/commands/teach/teach-command.js';
import { Analyser } from '../src/apps/web/worker/analyser.js';
import type { ToLook } from '../src/apps/web/worker/detection-protocol.js';
import { defaultWindowRule } from '../src/core/live/confirmation-windows.js';
import { defaultStartScore, liveSettings } from '../src/core/live/live-settings.js';
import type { LivePipelineOptions } from '../src/core/live/pipeline.js';
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
vi.mock('../src/apps/cli/arguments/model.js', () => ({
  openExpressionModel: async () => ({ metadata: {}, release() {} }),
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
const opened = () => {
  const { startScore, confirmation, tracker, identity } = seen.pipelines.at(-1) as LivePipelineOptions;
  return { startScore, confirmation, tracker, identity };
};
const expected = {
  detector: { minScore: 0.5, search: 'quick' },
  pipeline: {
    startScore: defaultStartScore,
    confirmation: { rule: defaultWindowRule },
    tracker: undefined,
    identity: undefined,
  },
};

/** The options of the command when nothing is said. */
const terminalOptions = (): PipelineOptions => defineAnalyze().opts();

/** The page's looking worker and its live worker's part, without networks. */
async function openPageDoor() {
  const scope = globalThis as unknown as {
    postMessage: unknown;
    onmessage: ((event: { data: ToLook }) => void) | null;
  };
  scope.postMessage = () => undefined;
  vi.resetModules();
  await import('../src/apps/web/worker/detection-worker.js');
  const { port1, port2 } = new MessageChannel();
  scope.onmessage!({ data: { type: 'channel', port: port2 } as unknown as ToLook });
  await Analyser.open(
    {
      modelsUrl: 'http://127.0.0.1/',
      threads: 1,
      expression: undefined,
      windowRule: defaultWindowRule,
    },
    port1 as unknown as MessagePort,
    () => undefined,
  );
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
