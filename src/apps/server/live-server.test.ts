import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LiveServer, startLiveServer } from './live-server.js';

/** A request whose path and headers reach the server exactly as given (fetch would tidy them), from a page that has the token. */
function raw(
  { port, token }: { port: number; token: string },
  path: string,
  given: Record<string, string> = {},
  method = 'GET',
) {
  const headers = { cookie: `moodlens-${port}=${token}`, ...given };
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** How often this process has a file of that name open, where the system tells. */
async function openFiles(name: string): Promise<number> {
  const folder = '/proc/self/fd';
  const handles = await readdir(folder).catch(() => []);
  const paths = await Promise.all(handles.map((handle) => readlink(join(folder, handle)).catch(() => '')));
  return paths.filter((path) => path.endsWith(name)).length;
}

describe('startLiveServer', () => {
  let folder: string;
  let server: LiveServer;
  let roots: { webRoot: string; modelsRoot: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moodlens-server-'));
    roots = { webRoot: join(folder, 'web'), modelsRoot: join(folder, 'models') };
    await mkdir(join(roots.webRoot, 'assets'), { recursive: true });
    await mkdir(roots.modelsRoot);
    await writeFile(join(roots.webRoot, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(roots.webRoot, 'assets', 'x-1a2b.js'), 'export {};');
    await writeFile(join(roots.modelsRoot, 'face-full-range.onnx'), 'model');
    await writeFile(join(roots.modelsRoot, 'card.md'), 'not for the page');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'mine.onnx'), 'mine');
    server = await startLiveServer({ ...roots, port: 0, model: join(folder, 'mine.onnx') });
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('sends the page with headers that isolate it and keep every request at home', async () => {
    const page = await raw(server, '/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>page</title>');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(page.headers['cross-origin-embedder-policy']).toBe('require-corp');
    expect(page.headers['cross-origin-resource-policy']).toBe('same-origin');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toContain("'unsafe-inline'");
    expect(policy).not.toContain("'unsafe-eval'");
  });

  it('sends scripts and models, the chosen expression model among them', async () => {
    const script = await raw(server, '/assets/x-1a2b.js');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await raw(server, '/models/face-full-range.onnx')).body).toBe('model');
    expect((await raw(server, '/models/expression.onnx')).body).toBe('mine');
    expect((await raw(server, '/models/card.md')).status).toBe(404);
  });

  it('lists the expression models with their cards and evaluations, an int8 form with its float form’s card', async () => {
    const shelf = join(folder, 'shelf');
    await mkdir(shelf);
    const beside = ['expression.md', 'expression.evaluation.json', 'notes.md', 'other.evaluation.json'];
    for (const name of ['expression.onnx', 'expression.int8.onnx', 'face-full-range.onnx', ...beside])
      await writeFile(join(shelf, name), name);
    const shipped = await startLiveServer({ ...roots, modelsRoot: shelf, port: 0 });
    const chosen = await startLiveServer({ ...roots, modelsRoot: shelf, port: 0, model: join(folder, 'mine.onnx') });
    try {
      expect(JSON.parse((await raw(shipped, '/models/list.json')).body)).toEqual([
        {
          ...{ file: 'expression.onnx', name: 'expression.onnx' },
          ...{ card: 'expression.md', evaluation: 'expression.evaluation.json' },
        },
        {
          ...{ file: 'expression.int8.onnx', name: 'expression.int8.onnx' },
          ...{ card: 'expression.int8.md', evaluation: null },
        },
      ]);
      expect((await raw(shipped, '/models/expression.int8.md')).body).toBe('expression.md');
      expect((await raw(shipped, '/models/expression.evaluation.json')).status).toBe(200);
      for (const name of ['notes.md', 'other.evaluation.json']) {
        expect((await raw(shipped, `/models/${name}`)).status).toBe(404);
      }
      // A model of the user's does not get the card of the one that it stands in for.
      expect(JSON.parse((await raw(chosen, '/models/list.json')).body)[0]).toEqual({
        file: 'expression.onnx',
        name: 'mine.onnx',
        card: null,
        evaluation: null,
      });
      expect((await raw(chosen, '/models/expression.md')).status).toBe(404);
      expect((await raw(chosen, '/models/expression.evaluation.json')).status).toBe(404);
    } finally {
      await Promise.all([shipped.close(), chosen.close()]);
    }
  });

  it('gives out no file that a link leads to from outside of its folder', async () => {
    const shelf = join(folder, 'linked');
    await mkdir(shelf);
    await writeFile(join(shelf, 'expression.onnx'), 'model');
    await writeFile(join(shelf, 'a-card.md'), 'card');
    await writeFile(join(shelf, 'expression.two.onnx'), 'second');
    await symlink(join(folder, 'secret.txt'), join(shelf, 'expression.md'));
    await symlink(join(folder, 'secret.txt'), join(shelf, 'expression.evaluation.json'));
    await symlink('a-card.md', join(shelf, 'expression.two.md'));
    await symlink(join(folder, 'mine.onnx'), join(shelf, 'chosen.onnx'));
    const linked = await startLiveServer({ ...roots, modelsRoot: shelf, port: 0 });
    const chosen = await startLiveServer({ ...roots, port: 0, model: join(shelf, 'chosen.onnx') });
    try {
      const list = JSON.parse((await raw(linked, '/models/list.json')).body);
      expect(list[0]).toMatchObject({ file: 'expression.onnx', card: null, evaluation: null });
      expect((await raw(linked, '/models/expression.md')).status).toBe(404);
      expect((await raw(linked, '/models/expression.evaluation.json')).status).toBe(404);
      expect((await raw(linked, '/models/expression.two.md')).body).toBe('card');
      // What the user names may be a link.
      expect((await raw(chosen, '/models/expression.onnx')).body).toBe('mine');
      // A file that becomes a link, and a folder on its way, after they were listed.
      await rm(join(shelf, 'expression.two.onnx'));
      await symlink(join(folder, 'secret.txt'), join(shelf, 'expression.two.onnx'));
      expect((await raw(linked, '/models/expression.two.onnx')).status).toBe(404);
    } finally {
      await Promise.all([linked.close(), chosen.close()]);
    }
  });

  it('sends a large file whole, and only its headers for HEAD', async () => {
    const text = Array.from({ length: 40_000 }, (_, i) => `line ${i}\n`).join('');
    await writeFile(join(roots.webRoot, 'long.txt'), text);
    await writeFile(join(roots.webRoot, 'empty.txt'), '');
    const long = await startLiveServer({ ...roots, port: 0 });
    try {
      const answer = await raw(long, '/long.txt');
      expect(answer.body).toBe(text);
      expect(answer.headers['content-length']).toBe(String(text.length));
      const head = await raw(long, '/long.txt', {}, 'HEAD');
      expect({ status: head.status, length: head.headers['content-length'], body: head.body }).toEqual({
        ...{ status: 200, length: String(text.length), body: '' },
      });
      expect(await raw(long, '/empty.txt')).toMatchObject({ status: 200, body: '' });
    } finally {
      await long.close();
    }
  });

  it('reads of a file what its receivers take, and lets go of it when they leave', async () => {
    const [receivers, size] = [40, 8 * 2 ** 20];
    await writeFile(join(roots.webRoot, 'heavy.bin'), new Uint8Array(size));
    const heavy = await startLiveServer({ ...roots, port: 0 });
    const held = () => process.memoryUsage().arrayBuffers;
    const before = held();
    const sockets = await Promise.all(
      Array.from({ length: receivers }, () => {
        const socket = connect(heavy.port, '127.0.0.1');
        socket.write(
          `GET /heavy.bin HTTP/1.1\r\nhost: 127.0.0.1:${heavy.port}\r\ncookie: moodlens-${heavy.port}=${heavy.token}\r\n\r\n`,
        );
        // The first bytes are there; none of them is taken.
        return new Promise<Socket>((resolve) => socket.once('readable', () => resolve(socket)));
      }),
    );
    try {
      let last = -1;
      for (let steady = 0; steady < 10; ) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        steady = held() === last ? steady + 1 : 0;
        last = held();
      }
      expect(last - before).toBeLessThan((receivers * size) / 4);
    } finally {
      for (const socket of sockets) socket.destroy();
      await vi.waitFor(async () => expect(await openFiles('heavy.bin')).toBe(0), { timeout: 60_000 });
      await heavy.close();
    }
  });

  it('answers 304 to a tag it gave', async () => {
    const first = await raw(server, '/');
    const again = await raw(server, '/', { 'if-none-match': String(first.headers.etag) });
    expect(again.status).toBe(304);
    expect(again.body).toBe('');
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/%00',
  ])('does not leave its folders for %s', async (path) => {
    const answer = await raw(server, path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toBe('secret');
  });

  it('refuses a foreign Host, as DNS rebinding sends it', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      'evil.example#127.0.0.1',
      '127.0.0.1@evil.example',
    ]) {
      expect((await raw(server, '/', { host })).status).not.toBe(200);
    }
    expect((await raw(server, '/', { host: `localhost:${server.port}` })).status).toBe(200);
  });

  it('refuses a foreign Origin and methods other than GET', async () => {
    expect((await raw(server, '/', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await raw(server, '/', { origin: `http://127.0.0.1:${server.port}` })).status).toBe(200);
    expect((await raw(server, '/', {}, 'POST')).status).toBe(405);
  });

  it('says what to do when the port is taken', async () => {
    await expect(startLiveServer({ ...roots, port: server.port })).rejects.toThrow(/another program.*--port/);
  });

  it('takes the next port when none was asked for and the first is taken', async () => {
    const first = await startLiveServer(roots);
    const second = await startLiveServer(roots);
    expect(second.port).toBeGreaterThan(first.port);
    expect((await raw(second, '/')).status).toBe(200);
    await first.close();
    await second.close();
  });

  it('says to build when there is no page', async () => {
    await expect(startLiveServer({ webRoot: join(folder, 'nowhere') })).rejects.toThrow(/npm run build/);
  });
});
