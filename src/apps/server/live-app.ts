// The live page's HTTP application: static files under strict headers, for this machine's own browser only.
import { Hono } from 'hono';
import type { ListedModel } from './list-models.js';
import { readStaticFile, type StaticFile } from './static-files.js';

/** Everything comes from this origin; WebAssembly may compile, nothing else may be evaluated, nothing may be sent elsewhere. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  // Cross-origin isolation: WebAssembly threads need it, and nobody else's page can hold ours.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
};

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for a Host header that names this machine, whatever the port: another name means DNS rebinding. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  return loopbackNames.has(host.replace(/:\d{1,5}$/, '').toLowerCase());
}

/** Builds the application over a list of files by URL path, and the list of the expression models among them. */
export function createLiveApp(files: ReadonlyMap<string, StaticFile>, models: readonly ListedModel[]): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const host = context.req.header('host');
    if (!isLoopbackHost(host)) {
      return context.text(
        'This server answers only to 127.0.0.1 and localhost; open it under one of these names.',
        421,
      );
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`) {
      return context.text('Requests must come from the page this server sends; another origin asked.', 403);
    }
    await next();
    return undefined;
  });
  app.get('/models/list.json', (context) => context.json(models, 200, { 'cache-control': 'no-cache' }));
  app.get('*', async (context) => {
    const file = files.get(context.req.path);
    const read = file && (await readStaticFile(file));
    if (!file || !read) return context.text('There is no such file here; the page itself is at /.', 404);
    context.header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    context.header('etag', read.etag);
    if (context.req.header('if-none-match') === read.etag) return context.body(null, 304);
    return context.body(read.content, 200, { 'content-type': file.type });
  });
  app.all('*', (context) => context.text('Only GET is answered here.', 405, { allow: 'GET, HEAD' }));
  return app;
}
