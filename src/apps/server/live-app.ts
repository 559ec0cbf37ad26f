// The live page's HTTP application: static files under strict headers, for this machine's own browser only.
import { Hono } from 'hono';
import type { Access } from './access.js';
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

/** What the application serves. */
export interface LiveAppParts {
  readonly access: Access;
  /** By URL path. */
  readonly files: ReadonlyMap<string, StaticFile>;
  /** The expression models among the files. */
  readonly models: readonly ListedModel[];
  /** Labels of the sources that are analysed here, in their order. */
  readonly sources: readonly string[];
}

export function createLiveApp({ access, files, models, sources }: LiveAppParts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const url = new URL(context.req.url);
    const target = url.pathname + url.search;
    const refusal = access.refusal(target, context.req.header());
    if (refusal) return context.text(refusal.text, refusal.status);
    const cookie = access.cookieFor(target, context.req.header('host'));
    if (cookie !== undefined) context.header('set-cookie', cookie);
    await next();
    return undefined;
  });
  const fresh = { 'cache-control': 'no-cache' };
  app.get('/models/list.json', (context) => context.json(models, 200, fresh));
  app.get('/sources.json', (context) => context.json(sources, 200, fresh));
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
