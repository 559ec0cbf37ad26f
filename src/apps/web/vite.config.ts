// Bundles the live page into dist/web. `npx vite src/apps/web` serves it for development, models included.
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { listModels } from '../server/list-models.js';
import { listStaticFiles } from '../server/static-files.js';

const root = fileURLToPath(new URL('.', import.meta.url));
const models = join(root, '../../../models');
/** What the live server sends too: without isolation there is no SharedArrayBuffer, hence no WebAssembly threads. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** In development the models come from the models folder; the live server does this for the built page. */
const serveModels: Plugin = {
  name: 'serve-models',
  configureServer(server) {
    server.middlewares.use('/models', async (request, response, next) => {
      const listed = listModels(await listStaticFiles(models));
      const path = `/models/${basename(request.url ?? '')}`;
      const file = listed.files.get(path);
      response.statusCode = file || path.endsWith('/list.json') ? 200 : 404;
      response.setHeader('content-type', file?.type ?? 'application/json');
      if (file) createReadStream(file.path).on('error', next).pipe(response);
      else response.end(JSON.stringify(listed.models));
    });
  },
};

export default defineConfig({
  root,
  base: './',
  plugins: [serveModels],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // ONNX Runtime without its glue inlined: the worker loads both of its files by the addresses in worker/live-worker.ts.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  worker: { format: 'es' },
  build: {
    outDir: join(root, '../../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // A data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
    // ONNX Runtime's WebAssembly is 14 MB; there is no smaller one.
    chunkSizeWarningLimit: 20_000,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    // A slow machine is no warning.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { headers, host: '127.0.0.1' },
});
