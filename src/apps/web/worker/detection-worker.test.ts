// The detection worker's frames, with a detector that answers when the test says so.
import { describe, expect, it, vi } from 'vitest';
import type { DetectionAnswer, FromDetection, ToDetection } from './detection-protocol.js';

const gates = vi.hoisted(() => [] as { readonly id: number; readonly open: () => void }[]);

vi.mock('../../../core/detect/networks/open-detector.js', () => ({
  openNetworkDetector: async () => ({
    detect: ({ id }: { id?: number }) =>
      id === undefined
        ? Promise.resolve([])
        : new Promise((resolve, reject) => {
            const open = () => (id === 66 ? reject(new Error('broken frame')) : resolve([]));
            gates.push({ id, open });
          }),
    setSearch: () => undefined,
  }),
}));
vi.mock('../../../adapters/browser/image-codec.js', () => ({
  FrameReader: class {
    read = ({ id }: { id: number }) => ({ id, data: { buffer: new ArrayBuffer(1) } });
  },
}));
vi.mock('../../../adapters/browser/session.js', () => ({ openSession: async () => ({}) }));
vi.mock('./runtime-files.js', () => ({ useOwnRuntimeFiles: () => undefined }));

const tick = () => new Promise((resolve) => setTimeout(resolve));

/** The worker with an open detector; `port` is the live worker's end of their channel. */
async function setUp() {
  gates.length = 0;
  const scope = globalThis as unknown as {
    postMessage: (message: FromDetection) => void;
    onmessage: ((event: { data: ToDetection }) => void) | null;
  };
  const done: FromDetection[] = [];
  scope.postMessage = (message) => done.push(message);
  vi.resetModules();
  await import('./detection-worker.js');
  const tell = (data: ToDetection) => scope.onmessage!({ data });
  const answers: DetectionAnswer[] = [];
  const port = {
    onmessage: null as ((event: { data: unknown }) => void) | null,
    postMessage: (answer: DetectionAnswer) => answers.push(answer),
  };
  tell({ type: 'channel', port: port as unknown as MessagePort });
  const order = (data: unknown) => port.onmessage!({ data });
  order({ type: 'open', models: {}, numbers: {}, threads: 1 });
  await vi.waitUntil(() => answers.some(({ type }) => type === 'opened'));
  order({ type: 'start' });
  const closed: number[] = [];
  const offer = (id: number) => {
    const frame = { id, width: 4, height: 3, close: () => closed.push(id) } as unknown as ImageBitmap;
    tell({ type: 'frame', source: 0, frame, timeMs: 0 });
  };
  const started = () => gates.map(({ id }) => id);
  return { tell, order, offer, answers, closed, done, started };
}

describe('the detection worker', () => {
  it('analyses the newest frame and drops those between', async () => {
    const { started, closed, done, offer, order } = await setUp();
    for (const id of [1, 2, 3, 4]) offer(id);
    expect(started()).toEqual([1]);
    expect(closed).toEqual([2, 3]);
    gates[0]!.open();
    await tick();
    order({ type: 'done' });
    expect(started()).toEqual([1, 4]);
    gates[1]!.open();
    await tick();
    expect(closed).toEqual([2, 3, 1, 4]);
    expect(done).toHaveLength(4);
  });

  it('starts again after it ran dry', async () => {
    const { started, offer } = await setUp();
    offer(1);
    gates[0]!.open();
    await tick();
    offer(2);
    expect(started()).toEqual([1, 2]);
  });

  it('closes the waiting frame when the source changes', async () => {
    const { closed, tell, offer } = await setUp();
    offer(1);
    offer(2);
    tell({ type: 'source', source: 1 });
    expect(closed).toEqual([2]);
  });

  it('reports a frame that fails, and goes on', async () => {
    const { answers, closed, started, offer } = await setUp();
    offer(66);
    gates[0]!.open();
    await tick();
    expect(answers.at(-1)).toMatchObject({ type: 'failed', source: 0, failure: { code: 'UNKNOWN' } });
    expect(closed).toEqual([66]);
    offer(2);
    expect(started()).toEqual([66, 2]);
  });

  it('waits while the live worker has two frames', async () => {
    const { order, started, offer } = await setUp();
    for (const id of [1, 2]) {
      offer(id);
      gates.at(-1)!.open();
      await tick();
    }
    offer(3);
    await tick();
    expect(started()).toEqual([1, 2]);
    order({ type: 'done' });
    await tick();
    expect(started()).toEqual([1, 2, 3]);
  });
});
