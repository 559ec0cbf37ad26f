// The server's access rules, as a hostile program on this machine or a page from elsewhere would try them: by raw bytes, since
// clients tidy what they send.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveFeed } from '../../src/apps/server/live-feed.js';
import { type LiveServer, startLiveServer } from '../../src/apps/server/live-server.js';

const secret = 'what lies outside of the folders';
const feed: LiveFeed = {
  label: 'a source',
  listen: () => undefined,
  setWatched: () => undefined,
  close: async () => undefined,
};

let folder: string;
let server: LiveServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moodlens-access-'));
  const roots = { webRoot: join(folder, 'web'), modelsRoot: join(folder, 'models') };
  mkdirSync(join(roots.webRoot, 'assets'), { recursive: true });
  mkdirSync(roots.modelsRoot);
  writeFileSync(join(roots.webRoot, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(join(roots.webRoot, 'assets/x.js'), 'export {};');
  writeFileSync(join(roots.modelsRoot, 'expression.onnx'), 'a model');
  writeFileSync(join(folder, 'secret.txt'), secret);
  server = await startLiveServer({ ...roots, port: 0, feeds: [feed] });
});

afterAll(async () => {
  await server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** What the server answers to these bytes until it closes the connection or has sent a whole answer; '' when it only closes. */
function send(bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (part) => {
      answer += part.toString('latin1');
      if (isWhole(answer)) end();
    });
    socket.on('close', end);
    socket.on('error', end);
    socket.write(bytes);
  });
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return false;
  if (/^HTTP\/1\.1 (101|304)/.test(answer)) return true;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= head + 4 + Number(length);
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const ownHost = () => `127.0.0.1:${server.port}`;
const cookie = () => `moodlens-${server.port}=${server.token}`;

interface Request {
  readonly method?: string;
  readonly path?: string;
  /** Lines; without it, a Host of ours and the token. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

const own = () => [`Host: ${ownHost()}`, `Cookie: ${cookie()}`];
const request = ({ method = 'GET', path = '/', headers = own(), body = '' }: Request) =>
  send(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`);

/** Whoever comes with the token still gets the page. */
async function mustServe(): Promise<void> {
  const answer = await request({});
  expect(statusOf(answer)).toBe(200);
  expect(answer).toContain('the page');
}

describe('Host', () => {
  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'evil.example:80',
    '127.0.0.1@evil.example',
    'localhost.',
    'localhost@evil.example',
    '0.0.0.0',
    '127.0.0.2',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '127.0.0.1:80:80',
    '127.0.0.1/',
    '127.0.0.1#x',
    ' ',
    '',
  ])('%j is refused, also with the token', async (host) => {
    const answer = await request({ headers: [`Host: ${host}`, `Cookie: ${cookie()}; moodlens-80=${server.token}`] });
    expect(statusOf(answer)).not.toBe(200);
    expect(answer).not.toContain('the page');
    const byToken = await request({ path: `/?token=${server.token}`, headers: [`Host: ${host}`] });
    expect(statusOf(byToken)).not.toBe(200);
  });

  it('must be there once', async () => {
    expect(statusOf(await request({ headers: [`Cookie: ${cookie()}`] }))).toBe(400);
    const twice = await request({ headers: ['Host: evil.example', ...own()] });
    expect(statusOf(twice)).not.toBe(200);
  });

  it('in the request line counts for nothing', async () => {
    const answer = await request({ path: 'http://evil.example/', headers: own() });
    expect(answer).not.toContain('evil.example');
    await mustServe();
  });
});

describe('Origin', () => {
  it.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost.evil.example',
    'file://',
    'chrome-extension://abc',
    '',
  ])('%j is refused, also with the token', async (origin) => {
    expect(statusOf(await request({ headers: [...own(), `Origin: ${origin}`] }))).toBe(403);
  });

  it('of our own with https, or in another case, is no own one', async () => {
    for (const origin of [
      `https://${ownHost()}`,
      `HTTP://${ownHost()}`,
      `http://${ownHost()}/`,
      `http://user@${ownHost()}`,
    ])
      expect(statusOf(await request({ headers: [...own(), `Origin: ${origin}`] }))).toBe(403);
    expect(statusOf(await request({ headers: [...own(), `Origin: http://${ownHost()}`] }))).toBe(200);
  });
});

describe('the token', () => {
  const wrong = (): readonly (readonly [string, Request])[] => {
    const host = `Host: ${ownHost()}`;
    const { token, port } = server;
    return [
      ['nothing', { headers: [host] }],
      ['an empty one', { path: '/?token=', headers: [host] }],
      ['one without its last character', { path: `/?token=${token.slice(0, -1)}`, headers: [host] }],
      ['one with a character more', { path: `/?token=${token}x`, headers: [host] }],
      ['one in another case', { path: `/?token=${token.toLowerCase()}`, headers: [host] }],
      ['the cookie of another port', { headers: [host, `Cookie: moodlens-${port + 1}=${token}`] }],
      ['a cookie of another name', { headers: [host, `Cookie: token=${token}`] }],
      ['a header', { headers: [host, `Authorization: Bearer ${token}`] }],
      ['a path', { path: `/${token}`, headers: [host] }],
      ['a fragment', { path: `/#token=${token}`, headers: [host] }],
      ['a list', { path: `/?token[]=${token}`, headers: [host] }],
      ['a wrong one before it', { path: `/?token=x&token=${token}`, headers: [host] }],
      ['undefined', { path: '/?token=undefined&ticket=undefined', headers: [host] }],
      ['a ticket that nobody asked for', { path: '/?ticket=', headers: [host] }],
      ['a body', { method: 'POST', headers: [host, `Content-Length: ${token.length + 6}`], body: `token=${token}` }],
    ];
  };
  it('is refused as anything but itself, for every path', async () => {
    for (const [what, asked] of wrong()) {
      const answer = await request(asked);
      expect(statusOf(answer), what).toBe(401);
      expect(answer, what).not.toContain(server.token);
      expect(answer.toLowerCase(), what).not.toContain('set-cookie');
    }
    for (const path of ['/assets/x.js', '/models/list.json', '/models/expression.onnx', '/sources.json', '/none'])
      expect(statusOf(await request({ path, headers: [`Host: ${ownHost()}`] })), path).toBe(401);
  });

  it('a ticket stands for it once', async () => {
    const path = `/?ticket=${server.ticket()}`;
    const headers = [`Host: ${ownHost()}`];
    expect(statusOf(await request({ path, headers }))).toBe(200);
    expect(statusOf(await request({ path, headers }))).toBe(401);
  });
});

describe('methods', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'])('%s is refused', async (method) => {
    const answer = await request({ method, headers: [...own(), 'Content-Length: 0'] });
    expect(statusOf(answer)).not.toBe(200);
    expect(answer.toLowerCase()).not.toContain('access-control-allow');
  });

  it.each(['CONNECT', 'GETT', 'get', '\0', 'PRI'])('%j does no harm', async (method) => {
    expect(await request({ method })).not.toContain('the page');
    await mustServe();
  });
});

describe('paths', () => {
  const ups = [
    '..',
    '%2e%2e',
    '.%2e',
    '%252e%252e',
    '..%00',
    '%c0%ae%c0%ae',
    '%uff0e%uff0e',
    '\u2024\u2024',
    '...',
    '..;',
  ];
  const slashes = ['/', '%2f', '%5c', '\\', '%252f', '%c0%af', '//', '/./'];
  it('that lead out of the folders give nothing of outside', async () => {
    for (const up of ups) {
      for (const slash of slashes) {
        for (const start of ['/', '/assets/', '/models/', '/studies/', '/sources/']) {
          for (const depth of [1, 2, 4]) {
            const path = `${start}${`${up}${slash}`.repeat(depth)}secret.txt`;
            const answer = await request({ path });
            expect(statusOf(answer), path).not.toBe(200);
            expect(answer, path).not.toContain(secret);
          }
        }
      }
    }
  });

  it.each([
    '/secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    '/C:/Windows/win.ini',
    '/index.html%00.onnx',
    '/index.html::$DATA',
    '/INDEX.HTML',
    '/__proto__',
    '/constructor',
    '/models/__proto__',
    '/%',
    '/%zz',
    '/\xff\xfe',
    '*',
    '?',
  ])('%j gives nothing', async (path) => {
    const answer = await request({ path });
    expect([0, 400, 404]).toContain(statusOf(answer));
    await mustServe();
  });
});

describe('WebSockets', () => {
  const upgrade = (path: string, headers: readonly string[]) =>
    request({
      path,
      headers: [
        ...headers,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ],
    });

  it('open for whoever has the token, and for nobody else', async () => {
    const host = `Host: ${ownHost()}`;
    expect(statusOf(await upgrade('/sources/0', own()))).toBe(101);
    expect(statusOf(await upgrade('/sources/0', [host]))).toBe(401);
    expect(statusOf(await upgrade('/sources/0', [host, 'Cookie: moodlens=x']))).toBe(401);
    expect(statusOf(await upgrade('/sources/0', [...own(), 'Origin: https://evil.example']))).toBe(403);
    expect(statusOf(await upgrade('/sources/0', [...own(), 'Origin: null']))).toBe(403);
    expect(statusOf(await upgrade('/sources/0', ['Host: evil.example', `Cookie: ${cookie()}`]))).toBe(421);
  });

  it.each(['/', '/sources/1', '/sources/-1', '/sources/0/..', '/sources/00000', '/sources/0x0', '/sources/', '/%00'])(
    'do not open at %j',
    async (path) => {
      expect(statusOf(await upgrade(path, own()))).not.toBe(101);
    },
  );
});

describe('what is too much', () => {
  it.each([
    ['a path', () => request({ path: `/${'a'.repeat(1 << 20)}` })],
    ['a header', () => request({ headers: [...own(), `X: ${'a'.repeat(1 << 20)}`] })],
    ['a cookie', () => request({ headers: [`Host: ${ownHost()}`, `Cookie: ${'a=b; '.repeat(100_000)}`] })],
    [
      'a number of headers',
      () => request({ headers: [...own(), ...Array.from({ length: 20_000 }, (_, i) => `X${i}: y`)] }),
    ],
    ['a query', () => request({ path: `/?${'token=x&'.repeat(1500)}`, headers: [`Host: ${ownHost()}`] })],
    ['noise', () => send(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) % 256))],
    [
      'a body',
      () => request({ method: 'POST', headers: [...own(), 'Content-Length: 8000000'], body: 'a'.repeat(8_000_000) }),
    ],
    [
      'a body that is said to be endless',
      () => request({ method: 'POST', headers: [...own(), 'Content-Length: 99999999999999'] }),
    ],
    [
      'chunks',
      () => request({ method: 'POST', headers: [...own(), 'Transfer-Encoding: chunked'], body: 'fffffffffffff\r\nx' }),
    ],
    [
      'two lengths',
      () =>
        request({
          headers: [...own(), 'Content-Length: 4', 'Transfer-Encoding: chunked'],
          body: '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
        }),
    ],
  ] as const)('as %s is refused, and the server goes on', async (_, attack) => {
    const before = process.memoryUsage.rss();
    const answer = await attack();
    expect(statusOf(answer)).not.toBe(200);
    await mustServe();
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
  });
});

describe('slow clients', () => {
  it('keep nobody else from being answered, by whatever they leave unfinished', async () => {
    const halves = [
      '',
      'GET / HT',
      `GET / HTTP/1.1\r\nHost: ${ownHost()}\r\nX: `,
      `POST / HTTP/1.1\r\n${own().join('\r\n')}\r\nContent-Length: 100\r\n\r\nx`,
      `GET /models/expression.onnx HTTP/1.1\r\n${own().join('\r\n')}\r\n\r\n`,
    ];
    const sockets = Array.from({ length: 300 }, (_, i) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(halves[i % halves.length]!);
      return socket;
    });
    try {
      for (let i = 0; i < 20; i++) await mustServe();
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await mustServe();
  });
});
