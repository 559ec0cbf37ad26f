// The files the live page is made of, listed once at start: a request can only name what is on the list.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** One file the server may send. `path` is where it lies, `immutable` that its name changes with its content. */
export interface StaticFile {
  readonly path: string;
  readonly type: string;
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
};

/** Describes one file by its name. */
export function describeFile(path: string): StaticFile {
  return {
    path,
    type: types[extname(path).toLowerCase()] ?? 'application/octet-stream',
    immutable: /[\\/]assets[\\/]/.test(path),
  };
}

/** Lists every file below `root` by its URL path ('/' stands for index.html). Returns an empty map when there is no such folder. */
export async function listStaticFiles(root: string): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  const walk = async (folder: string, prefix: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path, `${prefix}${entry.name}/`);
      else if (entry.isFile()) files.set(`${prefix}${entry.name}`, describeFile(path));
    }
  };
  await walk(root, '/');
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/** Reads a listed file with its entity tag; undefined when it has gone since. */
export async function readStaticFile(
  file: StaticFile,
): Promise<{ content: Uint8Array<ArrayBuffer>; etag: string } | undefined> {
  try {
    const { size, mtimeMs } = await stat(file.path);
    const etag = `"${createHash('sha256').update(`${file.path}:${size}:${mtimeMs}`).digest('hex').slice(0, 20)}"`;
    const content = new Uint8Array(await readFile(file.path));
    return { content, etag };
  } catch {
    return undefined;
  }
}
