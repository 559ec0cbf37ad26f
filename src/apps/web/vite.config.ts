// Bundles the live page into dist/web. `npx vite src/apps/web` serves it for development, models included.
import { createReadStream, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const models = join(root, '../../../models');
/** What the live server sends too: without isolation there is no SharedArrayBuffer, hence no WebAssembly threads. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** In development the models come from the models folder; the live server does this for the built page. */
const serveModels: Plugin = {
  name: 'serve-models',
  configureServer(server) {
    server.middlewares.use('/models', (request, response, next) => {
      const file = join(models, basename(request.url ?? ''));
      if (!file.endsWith('.onnx') || !existsSync(file)) {
        response.statusCode = 404;
        response.end();
        return;
      }
      response.setHeader('content-type', 'application/octet-stream');
      createReadStream(file).on('error', next).pipe(response);
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
