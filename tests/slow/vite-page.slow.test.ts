// A page of somebody else's, served by Vite's development server, that uses the packed package: it predicts with the shipped
// model, and says what is wrong where a file is answered with a page.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { createServer, type Plugin, type UserConfig, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installPacked } from '../packed-package.js';
import { launchChromium } from '../page-fixtures.js';
import { describeWith, requireChromium } from '../requirements.js';

const page =
  '<!doctype html><html lang="en"><title>a page</title><script type="module" src="/main.js"></script></html>';

/** The page's program: `address` is JavaScript for the model's address. */
const program = (address: string, before = '') => `
  import modelUrl from 'moodlens/models/expression.onnx?url';
  import { ExpressionModel } from 'moodlens';
  import { fetchModel, openSession, setRuntimeFiles } from 'moodlens/browser';
  async function predict() {
    ${before}
    const model = await ExpressionModel.open(await fetchModel(${address}), openSession);
    const data = Uint8Array.from({ length: 48 * 48 }, (_, i) => (i * 7) % 256);
    const [prediction] = await model.predict([{ width: 48, height: 48, data }]);
    await model.release();
    return { label: prediction.label, sum: prediction.probabilities.reduce((sum, one) => sum + one, 0) };
  }
  window.result = predict().catch((error) => ({ code: error.code, message: error.message }));
`;

describeWith([requireChromium()], 'a page that Vite serves', () => {
  let folder: string;
  let browser: Browser;
  let server: ViteDevServer | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'moodlens-vite-'));
    installPacked(folder);
    browser = await launchChromium();
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** What the page's program says in the end, with that Vite configuration. */
  async function resultOf(name: string, script: string, config: UserConfig) {
    const root = join(folder, name);
    mkdirSync(root);
    writeFileSync(join(root, 'index.html'), page);
    writeFileSync(join(root, 'main.js'), script);
    server = await createServer({
      ...{ configFile: false, logLevel: 'silent', cacheDir: join(root, '.vite') },
      ...config,
      root,
      server: { host: '127.0.0.1', port: 0, fs: { allow: [folder] } },
    });
    try {
      await server.listen();
      const tab = await browser.newPage();
      await tab.goto(server.resolvedUrls!.local[0]!);
      // Vite may load the page again when it has prepared a dependency.
      const answer = await tab.waitForFunction('window.result', undefined, { timeout: 120_000 });
      const result: unknown = await answer.jsonValue();
      await tab.close();
      return result;
    } finally {
      await server.close();
    }
  }

  const asDocumented = { optimizeDeps: { exclude: ['onnxruntime-web'] } };

  it('predicts with the shipped model', async () => {
    const result = await resultOf('documented', program('modelUrl'), asDocumented);
    expect(result).toEqual({ label: expect.any(Number), sum: expect.closeTo(1, 4) });
  });

  it('says that the model was answered with a page', async () => {
    const result = await resultOf('no-model', program("'/models/none.onnx'"), asDocumented);
    expect(result).toEqual({
      code: 'MODEL_FORMAT',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:\d+\/models\/none\.onnx answered with an HTML page.*\?url/),
    });
  });

  it('says that the WebAssembly was answered with a page, and the cure', async () => {
    // What a Vite that moves the package and leaves its .wasm behind comes to.
    const answerWithPage: Plugin = {
      name: 'answer-with-page',
      configureServer(vite) {
        vite.middlewares.use((request, response, next) => {
          if (!/\.wasm(\?|$)/.test(request.url ?? '')) return next();
          response.setHeader('content-type', 'text/html');
          return response.end(page);
        });
      },
    };
    const result = await resultOf('no-wasm', program('modelUrl'), { ...asDocumented, plugins: [answerWithPage] });
    expect(result).toEqual({
      code: 'DEVICE',
      message: expect.stringMatching(
        /ort-wasm\S*\.wasm\S*, but the server answered with an HTML page.*optimizeDeps\.exclude/,
      ),
    });
  });

  it('says so too of a file that setRuntimeFiles names', async () => {
    const files =
      "setRuntimeFiles({ wasm: '/none/ort-wasm-simd-threaded.wasm', mjs: '/none/ort-wasm-simd-threaded.mjs' });";
    const result = await resultOf('named', program('modelUrl', files), asDocumented);
    expect(result).toEqual({
      code: 'DEVICE',
      message: expect.stringMatching(/\/none\/ort-wasm\S*, but the server answered with an HTML page/),
    });
  });
});
