// Sources that the server shows, to real WebSocket clients: who may look, and what a slow, a silent or a wrong one changes.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Access } from './access.js';
import type { LiveFeed, LiveFeedEvents } from './live-feed.js';
import { type LiveServer, startLiveServer } from './live-server.js';

class FakeFeed implements LiveFeed {
  readonly watched: boolean[] = [];
  isClosed = false;
  sequence = 0;
  #events: LiveFeedEvents | undefined;
  constructor(readonly label: string) {}
  listen(events: LiveFeedEvents) {
    this.#events = events;
    events.status({ state: 'playing', text: `Showing ${this.label}` });
  }
  setWatched(isWatched: boolean) {
    this.watched.push(isWatched);
  }
  async close() {
    this.isClosed = true;
  }
  frame(): number {
    const sequence = ++this.sequence;
    this.#events!.frame(sequence, Uint8Array.of(sequence & 255, sequence >> 8));
    return sequence;
  }
  lose() {
    this.#events!.status({ state: 'lost', text: `${this.label} is lost` });
  }
}

/** A page that answers every frame, or none. */
class Page {
  readonly socket: WebSocket;
  readonly frames: number[] = [];
  readonly told: { state: string; text: string }[] = [];
  #arrived: () => void = () => undefined;
  constructor(url: string, headers: Record<string, string>, isAnswering = true) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.told.push(JSON.parse(String(data)));
      else {
        const sequence = data.readUInt16LE(0);
        this.frames.push(sequence);
        if (isAnswering) this.answer(sequence);
      }
      this.#arrived();
    });
  }
  answer(sequence: number) {
    this.socket.send(JSON.stringify({ ack: sequence }));
  }
  async until(isTrue: () => boolean) {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

describe('served sources', () => {
  let folder: string;
  let server: LiveServer;
  let feeds: FakeFeed[];
  const pages: Page[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moodlens-served-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    for (const page of pages.splice(0)) page.socket.terminate();
    await server.close();
  });

  async function begin(...labels: string[]) {
    feeds = labels.map((label) => new FakeFeed(label));
    server = await startLiveServer({ webRoot: folder, modelsRoot: folder, port: 0, feeds });
  }

  function connect({ path = '/sources/0', isAnswering = true, headers = {} as Record<string, string> } = {}) {
    const own = { cookie: `moodlens-${server.port}=${server.token}`, origin: server.url.slice(0, -1) };
    const page = new Page(`ws://127.0.0.1:${server.port}${path}`, { ...own, ...headers }, isAnswering);
    pages.push(page);
    return page;
  }

  const opened = async (page: Page) => {
    await page.until(() => page.told.length > 0);
    return page;
  };

  it('lists its sources, and gives each to whoever asks for it', async () => {
    await begin('hall', 'door');
    const list = await fetch(`${server.url}sources.json?token=${server.token}`);
    expect(await list.json()).toEqual(['hall', 'door']);
    const [hall, door] = await Promise.all([connect(), connect({ path: '/sources/1' })].map(opened));
    expect(hall!.told).toEqual([{ state: 'playing', text: 'Showing hall' }]);
    feeds[1]!.frame();
    await door!.until(() => door!.frames.length === 1);
    feeds[0]!.lose();
    await hall!.until(() => hall!.told.length === 2);
    expect([hall!.frames, hall!.told[1], door!.frames]).toEqual([[], { state: 'lost', text: 'hall is lost' }, [1]]);
  });

  it.each([
    ['without the token', { cookie: '' }, '/sources/0', 401],
    ['with a wrong token', { cookie: 'moodlens-80=x' }, '/sources/0?token=AAAA', 401],
    ['from a foreign origin', { origin: 'https://evil.example' }, '/sources/0', 403],
    ['from another port', { origin: 'http://127.0.0.1:1' }, '/sources/0', 403],
    ['under a foreign name', { host: 'evil.example' }, '/sources/0', 421],
    ['for a source that is not there', {}, '/sources/7', 404],
    ['for a source that is none', {}, '/sources/constructor', 404],
  ])('refuses a page %s', async (_, headers, path, status) => {
    await begin('hall');
    const { socket } = connect({ headers, path });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(status);
    expect(feeds[0]!.watched).toEqual([]);
  });

  it('lets in whoever has the token in the address, as other programs have', async () => {
    await begin('hall');
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sources/0?token=${server.token}`);
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(data)).state).toBe('playing');
    socket.terminate();
  });

  it('gives the page a cookie that only this server and only itself can read, and none for a wrong token', async () => {
    await begin('hall');
    const right = await fetch(`${server.url}?token=${server.token}`);
    expect(right.headers.get('set-cookie')).toBe(
      `moodlens-${server.port}=${server.token}; Path=/; HttpOnly; SameSite=Strict`,
    );
    const wrong = await fetch(`${server.url}?token=${server.token.slice(1)}x`);
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await wrong.text()).toContain('moodlens live');
  });

  it('takes a ticket once, in the place of the token', async () => {
    await begin('hall');
    const ticket = server.ticket();
    const first = await fetch(`${server.url}?ticket=${ticket}`);
    expect([first.status, first.headers.get('set-cookie')]).toEqual([200, expect.stringContaining(server.token)]);
    expect((await fetch(`${server.url}?ticket=${ticket}`)).status).toBe(401);
    let now = 0;
    const access = new Access(() => now);
    const late = access.ticket();
    now = 60_001;
    expect(access.admit(`/?ticket=${late}`, { host: 'localhost:1' })).toMatchObject({ refusal: { status: 401 } });
    expect(access.admit('/?ticket=', { host: 'localhost:1' })).toMatchObject({ refusal: { status: 401 } });
  });

  it('ends though somebody who was refused holds the connection open', async () => {
    await begin('hall');
    const holding = createConnection({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    holding.on('error', () => undefined);
    holding.write(
      `GET /sources/0 HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n`,
    );
    const [answer] = (await once(holding, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
    await server.close();
    holding.destroy();
    await begin('hall');
  });

  it('sends no frame from before after the word that the source is lost', async () => {
    await begin('hall');
    const page = await opened(connect({ isAnswering: false }));
    for (let i = 0; i < 5; i++) feeds[0]!.frame();
    await page.until(() => page.frames.length === 2);
    feeds[0]!.lose();
    await page.until(() => page.told.length === 2);
    page.answer(2);
    page.socket.ping();
    await once(page.socket, 'pong');
    expect(page.frames).toEqual([1, 2]);
  });

  it('sends a frame only while fewer than two are on the way, and then the newest', async () => {
    await begin('hall');
    const page = await opened(connect({ isAnswering: false }));
    for (let i = 0; i < 50; i++) feeds[0]!.frame();
    await page.until(() => page.frames.length === 2);
    page.answer(1);
    await page.until(() => page.frames.length === 3);
    expect(page.frames).toEqual([1, 2, 50]);
    // Nothing newer is there yet; an answer alone brings nothing, one stands for the frames before it.
    page.answer(50);
    page.socket.ping();
    await once(page.socket, 'pong');
    feeds[0]!.frame();
    feeds[0]!.frame();
    await page.until(() => page.frames.length === 5);
    expect(page.frames).toEqual([1, 2, 50, 51, 52]);
  });

  it('shows eight pages every frame while a ninth stands still', async () => {
    await begin('hall');
    const watching = await Promise.all(Array.from({ length: 8 }, () => opened(connect())));
    const still = await opened(connect({ isAnswering: false }));
    still.socket.pause();
    const frames = 300;
    for (let i = 0; i < frames; i++) {
      const sequence = feeds[0]!.frame();
      await Promise.all(watching.map((page) => page.until(() => page.frames.at(-1) === sequence)));
    }
    for (const page of watching) expect(page.frames).toHaveLength(frames);
    still.socket.resume();
    still.answer(2);
    await still.until(() => still.frames.at(-1) === frames);
    expect(still.frames.length).toBeLessThanOrEqual(4);
  });

  it.each([
    ['is too long', 'x'.repeat(1000), 1009],
    ['is no answer', 'x', 1008],
    ['has more in it', '{"ack":1,"more":2}', 1008],
    ['is negative', '{"ack":-1}', 1008],
    ['is binary', Buffer.from('{"ack":1}'), 1008],
  ])('closes a page whose message %s, and lives on', async (_, message, code) => {
    await begin('hall');
    const page = await opened(connect());
    const other = await opened(connect());
    page.socket.send(message);
    expect((await once(page.socket, 'close'))[0]).toBe(code);
    feeds[0]!.frame();
    await other.until(() => other.frames.length === 1);
  });

  it('stops wanting pictures when the last page has vanished', async () => {
    await begin('hall');
    const page = await opened(connect());
    const other = await opened(connect());
    page.socket.terminate();
    other.socket.terminate();
    await expect.poll(() => feeds[0]!.watched).toEqual([true, false]);
    await opened(connect());
    expect(feeds[0]!.watched).toEqual([true, false, true]);
  });

  it('refuses the thirty-third page', async () => {
    await begin('hall');
    await Promise.all(Array.from({ length: 32 }, () => opened(connect())));
    const [, response] = await once(connect().socket, 'unexpected-response');
    expect(response.statusCode).toBe(503);
  });

  it('says goodbye when it ends, and closes its sources', async () => {
    await begin('hall');
    const page = await opened(connect());
    const closed = once(page.socket, 'close');
    await server.close();
    expect((await closed)[0]).toBe(1001);
    expect(feeds[0]!.isClosed).toBe(true);
    await begin('hall');
  });

  it('survives half a handshake', async () => {
    await begin('hall');
    const headers = { upgrade: 'websocket', connection: 'Upgrade', cookie: `moodlens-${server.port}=${server.token}` };
    const half = request({ host: '127.0.0.1', port: server.port, path: '/sources/0', headers });
    half.on('error', () => undefined).end();
    const [response] = await once(half, 'response');
    expect(response.statusCode).toBe(400);
    await opened(connect());
  });
});
