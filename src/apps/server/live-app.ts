// The live page's HTTP application: static files under strict headers, for this machine's own browser only.
import { Hono } from 'hono';
import { MoodlensError } from '../../core/errors.js';
import type { Access } from './access.js';
import type { ListedModel } from './list-models.js';
import { openStaticFile, type StaticFile } from './static-files.js';
import type { StudyBoard } from './study-board.js';

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
  // Cross-origin isolation: WebAssembly threads need it, and no other page can embed this one.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
};

const fresh = { 'cache-control': 'no-cache' };

/** What the application serves. */
export interface LiveAppParts {
  readonly access: Access;
  /** By URL path. */
  readonly files: ReadonlyMap<string, StaticFile>;
  /** The expression models among the files. */
  readonly models: readonly ListedModel[];
  /** Labels of the sources that the server's machine analyses, in their order. */
  readonly sources: readonly string[];
  /** The studies to show, if any. */
  readonly studies: StudyBoard | undefined;
}

export function createLiveApp({ access, files, models, sources, studies }: LiveAppParts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const url = new URL(context.req.url);
    const admission = access.admit(url.pathname + url.search, context.req.header());
    if ('refusal' in admission) return context.text(admission.refusal.text, admission.refusal.status);
    if (admission.cookie !== undefined) context.header('set-cookie', admission.cookie);
    await next();
    return undefined;
  });
  app.get('/models/list.json', (context) => context.json(models, 200, fresh));
  app.get('/sources.json', (context) => context.json(sources, 200, fresh));
  if (studies) serveStudies(app, studies);
  else app.get('/studies/list.json', (context) => context.json(null, 200, fresh));
  app.get('*', async (context) => {
    const file = files.get(context.req.path);
    const opened = file && (await openStaticFile(file));
    if (!file || !opened) return context.text('There is no such file here; the page itself is at /.', 404);
    context.header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    context.header('etag', opened.etag);
    const isSame = context.req.header('if-none-match') === opened.etag;
    const isHead = context.req.method === 'HEAD';
    if (isSame || isHead) await opened.close();
    if (isSame) return context.body(null, 304);
    const about = { 'content-type': file.type, 'content-length': String(opened.size) };
    return isHead ? context.body(null, 200, about) : context.body(opened.body(), 200, about);
  });
  app.all('*', (context) => context.text('Only GET is answered here.', 405, { allow: 'GET, HEAD' }));
  return app;
}

/** `/studies/list.json`, `/studies/0.json`, `/studies/0/history.svg`. */
function serveStudies(app: Hono, studies: StudyBoard): void {
  const gone = 'There is no such study here; /studies/list.json names those that are.';
  app.onError((error, context) => {
    const isOurs = error instanceof MoodlensError;
    return context.json({ message: isOurs ? error.message : 'The study cannot be shown.' }, 503, fresh);
  });
  app.get('/studies/list.json', async (context) => context.json(await studies.list(), 200, fresh));
  app.get('/studies/:index{\\d+\\.json}', async (context) => {
    const page = await studies.page(Number.parseInt(context.req.param('index'), 10));
    return page ? context.json(page, 200, fresh) : context.text(gone, 404);
  });
  app.get('/studies/:index{\\d+}/:file{.+\\.svg}', async (context) => {
    const { index, file } = context.req.param();
    const svg = await studies.chart(Number(index), file.replace(/\.svg$/, ''));
    if (svg === undefined) return context.text(gone, 404);
    // An SVG may contain styles and load nothing.
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return context.body(svg, 200, { 'content-type': 'image/svg+xml', ...fresh });
  });
}
