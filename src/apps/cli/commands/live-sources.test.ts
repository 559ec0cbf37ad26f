// `moodlens live SOURCE`: real processes over real clips, a Kinect's recording and what is not there, to a WebSocket client.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort, listenTo, mosquitto, startBroker } from '../../../../tests/fixtures/mosquitto.js';
import { describeWith, repositoryRoot, requireCommand } from '../../../../tests/requirements.js';
import { KinectDumpWriter } from '../../../adapters/node/kinect/kinect-dump.js';
import { findKinectLibraries } from '../../../adapters/node/kinect/kinect-libraries.js';
import { type ServedFrame, type ServedStatus, unpackServedFrame } from '../../../core/live/served-frame.js';

const main = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = {
  path: main,
  missing: existsSync(main) && existsSync(join(repositoryRoot, 'dist/web/index.html')) ? undefined : 'npm run build',
};
const libfreenect = {
  path: 'libfreenect',
  missing: findKinectLibraries(true) ? undefined : 'libfreenect is not installed (apt-get install libfreenect0.5)',
};

/** A page that shows one source. */
class Watcher {
  readonly frames: { header: ServedFrame; jpeg: Uint8Array }[] = [];
  readonly told: ServedStatus[] = [];
  readonly socket: WebSocket;
  constructor(address: string, index: number) {
    const { host, searchParams } = new URL(address);
    this.socket = new WebSocket(`ws://${host}/sources/${index}?token=${searchParams.get('token')}`);
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) {
        this.told.push(JSON.parse(String(data)));
        return;
      }
      const frame = unpackServedFrame(new Uint8Array(data));
      this.frames.push(frame);
      this.socket.send(JSON.stringify({ ack: frame.header.sequence }));
    });
  }
}

describeWith([built, requireCommand('ffmpeg'), requireCommand('ffprobe')], 'moodlens live SOURCE', () => {
  let folder: string;
  let clip: string;
  let live: ChildProcess | undefined;
  let errors = '';
  const watchers: Watcher[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'moodlens-live-'));
    clip = join(folder, 'ada.mp4');
    const picture = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample3.jpg');
    const filter = 'crop=480:360:960:160,scale=640:480,format=yuv420p';
    const input = ['-loop', '1', '-framerate', '30', '-i', picture];
    execFileSync('ffmpeg', ['-v', 'error', ...input, '-vf', filter, '-t', '2', clip]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const { socket } of watchers.splice(0)) socket.terminate();
    if (live && live.exitCode === null) {
      live.kill('SIGKILL');
      await once(live, 'exit');
    }
    live = undefined;
  });

  function start(...args: string[]): ChildProcess {
    live = spawn(process.execPath, [main, 'live', '--no-open', '--json', '--port', '0', ...args]);
    errors = '';
    live.stderr!.on('data', (text) => {
      errors += text;
    });
    return live;
  }

  async function begin(...args: string[]): Promise<string> {
    const [line] = (await once(start(...args).stdout!, 'data')) as [Buffer];
    return (JSON.parse(String(line)) as { url: string }).url;
  }

  function watch(address: string, index = 0): Watcher {
    const watcher = new Watcher(address, index);
    watchers.push(watcher);
    return watcher;
  }

  const patiently = { timeout: 240_000, interval: 50 };

  it('sends each frame with the face that is in it, and plays a file again and again', async () => {
    const address = await begin(clip);
    const list = await fetch(new URL(`/sources.json${new URL(address).search}`, address));
    expect(await list.json()).toEqual(['ada.mp4']);
    const watcher = watch(address);
    await expect.poll(() => watcher.frames.at(-1)?.header.result.faces.length, patiently).toBe(1);
    const { header, jpeg } = watcher.frames.at(-1)!;
    expect(header).toMatchObject({ width: 640, height: 480 });
    const [face] = header.result.faces;
    expect(Object.keys(face!.probabilities!)).toHaveLength(7);
    expect([...jpeg.subarray(0, 2), ...jpeg.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
    await expect.poll(() => watcher.told.filter(({ state }) => state === 'playing').length, patiently).toBe(2);
    expect(watcher.told.map(({ state }) => state)).toContain('ended');
    expect(errors).toBe('');
    const ended = once(live!, 'exit');
    live!.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('shows several sources, each from a process of its own: one that dies takes no other with it, and comes back', async () => {
    const address = await begin(clip, clip);
    const [one, other] = [watch(address), watch(address, 1)];
    await expect.poll(() => one.frames.length > 0 && other.frames.length > 0, patiently).toBe(true);
    const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(live!.pid)], { encoding: 'utf8' });
    const pids = [...children.matchAll(/^\s*(\d+) .*source-process/gm)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(2);
    process.kill(pids[0]!, 'SIGKILL');
    await expect.poll(() => [one, other].filter(({ told }) => told.at(-1)?.state === 'lost').length, patiently).toBe(1);
    const [dead, alive] = one.told.at(-1)!.state === 'lost' ? [one, other] : [other, one];
    expect(dead.told.at(-1)!.text).toMatch(/ended with SIGKILL/);
    const [before, seen] = [alive.frames.length, dead.frames.length];
    await expect.poll(() => alive.frames.length, patiently).toBeGreaterThan(before);
    await expect.poll(() => dead.frames.length, patiently).toBeGreaterThan(seen);
    expect(errors).toContain('ended with SIGKILL');
  });

  it('lives on with a source that cannot be played, says so, and plays it once it can', async () => {
    const path = join(folder, 'later.mp4');
    writeFileSync(path, 'no video');
    const address = await begin(path);
    const watcher = watch(address);
    await expect.poll(() => watcher.told.at(-1)?.state, patiently).toBe('lost');
    expect(watcher.told.at(-1)!.text).toMatch(/later\.mp4 must be a video.*trying again in 1 s$/s);
    writeFileSync(path, readFileSync(clip));
    await expect.poll(() => watcher.frames.length, patiently).toBeGreaterThan(0);
  });

  it.each([
    ['a file that is not there', ['nowhere.mp4'], /there is no such file.*\[CONFIG\]/s],
    ['an address that it does not open', ['gopher://x'], /must be a file, http.*\[CONFIG\]/s],
    ['a people file that is none', ['camera', '--people', main], /error: .*\[(PEOPLE|CONFIG)\]/s],
    ['a score that cannot be', ['camera', '--min-score', '7'], /minScore.*\[CONFIG\]/s],
    ['options of an analysis without a source', ['--min-face', '30'], /--min-face is for sources.*\[CONFIG\]/s],
    ['a broker that is not there', ['camera', '--publish', 'mqtt://127.0.0.1:1'], /broker must answer.*\[DEVICE\]/s],
  ])('refuses %s at once', async (_, args, message) => {
    const [code] = await once(start(...args), 'exit');
    expect(code).toBeGreaterThan(0);
    expect(errors).toMatch(message);
  });

  it('shows no password of an address', async () => {
    const address = await begin('http://bob:secret@127.0.0.1:1/video?pwd=secret');
    const watcher = watch(address);
    await expect.poll(() => watcher.told.at(-1)?.state, patiently).toBe('lost');
    const list = await fetch(new URL(`/sources.json${new URL(address).search}`, address));
    const shown = JSON.stringify([await list.json(), watcher.told, errors]);
    expect(shown).toContain('http://127.0.0.1:1/video');
    expect(shown).not.toContain('secret');
  });

  it('reads a source also while no page looks', async () => {
    const address = await begin(clip);
    let watcher = watch(address);
    await expect.poll(() => watcher.frames.length, patiently).toBeGreaterThan(0);
    // Read only for who watches, it would go on with the very next frames.
    const missed = async () => {
      watcher.socket.terminate();
      const { sequence } = watcher.frames.at(-1)!.header;
      await new Promise((resolve) => setTimeout(resolve, 700));
      watcher = watch(address);
      await expect.poll(() => watcher.frames.length, patiently).toBeGreaterThan(0);
      return watcher.frames[0]!.header.sequence - sequence;
    };
    await expect.poll(missed, patiently).toBeGreaterThan(4);
  });

  describeWith(mosquitto, 'with a broker', () => {
    it('tells it who is there, by source, and that nobody is there any more', async () => {
      const port = await freePort();
      const broker = await startBroker(folder, port);
      try {
        await begin(clip, clip, '--publish', `mqtt://127.0.0.1:${port}`, '--topic', 'home');
        const kept = await listenTo(port);
        const counts: number[] = [];
        const count = (): number[] => {
          const { count: found } = JSON.parse(kept.get('home/1/faces') ?? '{}');
          if (found !== undefined && found !== counts.at(-1)) counts.push(found);
          return counts;
        };
        // The clip ends, and begins again.
        await expect.poll(() => count().join('').includes('101'), patiently).toBe(true);
        expect(kept.get('home/1/status')).toBe('online');
        expect(JSON.parse(kept.get('home/2/faces')!)).toHaveProperty('faces');
        live!.kill('SIGTERM');
        await expect.poll(() => kept.get('home/2/status'), patiently).toBe('offline');
      } finally {
        broker.kill('SIGKILL');
      }
    });
  });

  describeWith([libfreenect], 'with a Kinect', () => {
    it('plays its recording with depth, and begins again at its end', async () => {
      const dump = join(folder, 'dump');
      const [width, height] = [640, 480];
      const raw = execFileSync(
        'ffmpeg',
        ['-v', 'error', '-i', clip, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
        {
          maxBuffer: 1e7,
        },
      );
      const depth = { width, height, kind: 'disparity' as const, data: new Uint16Array(width * height).fill(700) };
      const picture = { width, height, channels: 3 as const, data: new Uint8Array(raw) };
      const writer = await KinectDumpWriter.create(dump);
      for (let i = 0; i < 20; i++) await writer.write({ index: i, timeMs: i * 33, picture, depth });
      const address = await begin('--kinect', dump, '--depth-filter', 'off');
      const watcher = watch(address);
      await expect.poll(() => watcher.frames.at(-1)?.header.result.faces.length, patiently).toBe(1);
      // Raw 700 is about 0.9 m by libfreenect's formula.
      expect(watcher.frames.at(-1)!.header.result.faces[0]!.depthMm).toBeGreaterThan(850);
      expect(watcher.frames.at(-1)!.header.result.faces[0]!.depthMm).toBeLessThan(950);
      await expect.poll(() => watcher.told.filter(({ state }) => state === 'playing').length, patiently).toBe(2);
      rmSync(dump, { recursive: true });
      await expect.poll(() => watcher.told.at(-1)?.text, patiently).toMatch(/INDEX\.txt.*trying again/s);
    });

    it('says that there is no device, and that it looks again', async () => {
      const watcher = watch(await begin('--kinect'));
      await expect.poll(() => watcher.told.at(-1)?.state, patiently).toBe('lost');
      expect(watcher.told.at(-1)!.text).toMatch(/Kinect.*trying again/s);
    });
  });
});
