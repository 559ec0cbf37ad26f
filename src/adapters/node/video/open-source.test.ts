// Live sources from real ffmpeg processes: MJPEG over HTTP with every kind of fault, and lavfi in a camera's place.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, requireCommand } from '../../../../tests/requirements.js';
import { ConfigError, DeviceError, MediaError } from '../../../core/errors.js';
import { encodeJpeg } from '../image-codec.js';
import { openInput, openSource } from './open-source.js';
import type { SourceStatus } from './reconnecting-source.js';

const ffmpeg = [requireCommand('ffmpeg'), requireCommand('ffprobe')];

let folder: string;
const jpegs = new Map<string, Uint8Array>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moodlens-source-'));
  for (const [width, height] of [
    [64, 48],
    [96, 48],
  ] as const) {
    const data = new Uint8Array(width * height * 3).fill(200);
    jpegs.set(`${width}x${height}`, await encodeJpeg({ width, height, channels: 3, data }));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a connection does: a picture by its size, bytes, a stall, or the end of the connection. */
type Step = string | Uint8Array | 'stall' | 'end';

/** A camera's web server; connection n plays script n, then the last script again. */
class MjpegServer {
  connections = 0;
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  constructor(readonly scripts: (connection: number) => Iterator<Step>) {
    this.#server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
      this.#play(response, this.scripts(this.connections++));
    });
  }
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/video`;
  }
  #play(response: ServerResponse, steps: Iterator<Step>): void {
    const timer = setInterval(() => {
      const { value: step, done } = steps.next();
      if (done || step === 'stall' || response.destroyed) return clearInterval(timer);
      if (step === 'end') return void response.destroy();
      if (typeof step !== 'string') return void response.write(step);
      const jpeg = jpegs.get(step)!;
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      response.write('\r\n');
    }, 5);
    this.#timers.add(timer);
  }
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function* pictures(count: number, size = '64x48', last: Step = 'stall'): Generator<Step> {
  for (let i = 0; i < count; i++) yield size;
  yield last;
}

const processesOf = (text: string) =>
  execFileSync('ps', ['-eo', 'args'])
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('ff') && line.includes(text));

let server: MjpegServer | undefined;
afterEach(() => server?.close());
async function serve(scripts: (connection: number) => Iterator<Step>): Promise<string> {
  server = new MjpegServer(scripts);
  return server.listen();
}

describeWith(ffmpeg, 'openSource', () => {
  /** Reads until `count` frames came after `restores` returns, or the source ends. */
  async function readLive(url: string, restores: number, stallMs = 60_000) {
    const statuses: SourceStatus[] = [];
    const source = await openSource(url, { stallMs, firstPauseMs: 20, onStatus: (status) => statuses.push(status) });
    const frames: { index: number; timeMs: number; size: string }[] = [];
    let after = 0;
    for await (const { index, timeMs, picture } of source) {
      frames.push({ index, timeMs, size: `${picture.width}x${picture.height}` });
      if (statuses.filter(({ state }) => state === 'restored').length >= restores && ++after === 5) break;
    }
    for (const [i, frame] of frames.entries()) {
      expect(frame.size).toBe('64x48');
      if (i > 0) expect(frame.timeMs).toBeGreaterThanOrEqual(frames[i - 1]!.timeMs);
      expect(frame.index).toBe(i);
    }
    expect(processesOf(url)).toEqual([]);
    return { statuses, frames };
  }

  // ffprobe takes the first connection, ffmpeg the second.
  it('opens a stream again that ends, and one that stalls, and says so', async () => {
    const url = await serve((connection) => {
      if (connection === 1) return pictures(60, '64x48', 'end');
      if (connection === 3) return pictures(60, '64x48', 'stall');
      return pictures(2000);
    });
    const { statuses } = await readLive(url, 2, 5000);
    expect(statuses.map(({ state }) => state)).toEqual(['lost', 'restored', 'lost', 'restored']);
    expect(statuses[0]!.text).toMatch(/^http:.* is lost \(.*\); trying again in 0\.0 s$/);
    expect(statuses[2]!.text).toMatch(/must give a frame every 5 s and gave none/);
  });

  it('goes on after garbage and keeps the size when the stream changes its own', async () => {
    const garbage = new Uint8Array(20_000).map((_, i) => (i * 7919) % 251);
    const url = await serve((connection) => {
      if (connection === 1) {
        return (function* (): Generator<Step> {
          yield* pictures(40, '64x48', garbage);
          yield* pictures(40, '96x48', 'end');
        })();
      }
      return pictures(2000, connection === 0 ? '64x48' : '96x48');
    });
    const { frames } = await readLive(url, 1);
    expect(frames.length).toBeGreaterThan(5);
  });

  it("waits longer after each failed try, up to the source's return", async () => {
    const url = await serve((connection) => {
      if (connection === 1) return pictures(40, '64x48', 'end');
      if (connection === 2 || connection === 3) return pictures(0, '64x48', 'end');
      return pictures(2000);
    });
    const { statuses } = await readLive(url, 1);
    const pauses = statuses.filter(({ state }) => state === 'lost').map(({ retryMs }) => retryMs);
    expect(pauses.slice(0, 3)).toEqual([20, 40, 80]);
  });

  it('can be closed while it waits for a lost source', async () => {
    const url = await serve((connection) => pictures(connection === 0 ? 2000 : 40, '64x48', 'end'));
    const source = await openSource(url, {
      firstPauseMs: 1e6,
      onStatus: () => void source.close(),
    });
    let frames = 0;
    for await (const _ of source) frames++;
    expect(frames).toBeGreaterThan(0);
    expect(processesOf(url)).toEqual([]);
  });

  it('ends with the stream when it is not to reconnect', async () => {
    const url = await serve((connection) => pictures(connection === 0 ? 2000 : 40, '64x48', 'end'));
    const source = await openSource(url, { reconnect: false });
    let frames = 0;
    const reading = (async () => {
      for await (const _ of source) frames++;
    })();
    await reading.catch((error: unknown) => expect(error).toBeInstanceOf(DeviceError));
    expect(frames).toBeGreaterThan(0);
  });

  it('keeps one frame for a slow reader and counts the others', async () => {
    const lavfi = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=200'];
    const camera = { kind: 'camera' as const, url: 'lavfi', label: 'a test camera', inputArguments: ['-re', ...lavfi] };
    // ffprobe does not know -re.
    const probed = { ...camera, inputArguments: lavfi };
    const source = await openInput(async () => probed, { live: true });
    const indices: number[] = [];
    for await (const { index } of source) {
      indices.push(index);
      if (indices.length >= 8 && source.dropped > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    expect(source.dropped).toBeGreaterThan(0);
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
  });

  it('plays a file as a camera would when live, and every frame otherwise', async () => {
    const path = join(folder, 'clip.mkv');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=5:duration=2', path]);
    // However long everything takes: none comes before its time.
    const early: number[] = [];
    const begun = performance.now();
    for await (const { timeMs } of await openSource(path, { live: true })) {
      if (performance.now() - begun < timeMs) early.push(timeMs);
    }
    expect(early).toEqual([]);
    let frames = 0;
    for await (const _ of await openSource(path)) frames++;
    expect(frames).toBe(10);
  });

  it('leaves no process of a stalled stream when the program is killed', async () => {
    const url = await serve(() => pictures(60, '64x48', 'stall'));
    const program = `
      const { openSource } = await import(${JSON.stringify(new URL('../../../../dist/adapters/node/video/open-source.js', import.meta.url).href)});
      for await (const frame of await openSource(${JSON.stringify(url)}, { stallMs: 1000 })) console.log(frame.index);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(processesOf(url).length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await expect.poll(() => processesOf(url)).toEqual([]);
  });
});

describe('openSource without a camera', () => {
  it('says what is missing', async () => {
    const place = { platform: 'linux' as const, sysfs: join(folder, 'none') };
    await expect(openSource('camera', place)).rejects.toBeInstanceOf(DeviceError);
    await expect(openSource('camera', place)).rejects.toThrow(/none was found; plug one in/);
    await expect(openSource('camera:', place)).rejects.toBeInstanceOf(ConfigError);
    await expect(openSource(join(folder, 'camera.mp4'))).rejects.toBeInstanceOf(MediaError);
  });
});
