// The files of the live page, listed once at start: a request can name only files on the list.
import { createHash } from 'node:crypto';
import { constants, realpathSync } from 'node:fs';
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/**
 * One file that the server may send: its `path`, the folder `root` that links must not lead out of, and whether it is `immutable`,
 * so that its name changes with its content.
 */
export interface StaticFile {
  readonly path: string;
  readonly root: string;
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
export function describeFile(path: string, root: string): StaticFile {
  return {
    path,
    root,
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
      else if (entry.isFile()) files.set(`${prefix}${entry.name}`, describeFile(path, root));
    }
  };
  await walk(root, '/');
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/** A listed file that is open: its `body` must be read or cancelled, or `close` called. */
export interface OpenedFile {
  readonly size: number;
  readonly etag: string;
  /** In parts, each read from the disk when the receiver has room for it. */
  body(): ReadableStream<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Opens a listed file; undefined when it was removed, is no file, or became a link that leads out of its folder. */
export async function openStaticFile(file: StaticFile): Promise<OpenedFile | undefined> {
  let handle: FileHandle | undefined;
  try {
    const path = await realpath(file.path);
    if (!isInside(path, await realpath(file.root))) return undefined;
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (!found.isFile()) {
      await handle.close();
      return undefined;
    }
    const { size, mtimeMs, ino } = found;
    const etag = `"${createHash('sha256').update(`${file.path}:${size}:${mtimeMs}:${ino}`).digest('hex').slice(0, 20)}"`;
    return { size, etag, body: () => bodyOf(handle!, size), close: () => handle!.close() };
  } catch {
    await handle?.close();
    return undefined;
  }
}

/** Whether a file lies below a folder, with all links resolved; false when it is not there. */
export function liesIn(path: string, root: string): boolean {
  try {
    return isInside(realpathSync(path), realpathSync(root));
  } catch {
    return false;
  }
}

function isInside(realPath: string, realRoot: string): boolean {
  return realPath.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep);
}

const partBytes = 64 * 1024;

/** The first `size` bytes, which the headers have promised. Closes the file at its end. */
function bodyOf(handle: FileHandle, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = size;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const part = new Uint8Array(Math.min(left, partBytes));
          const { bytesRead } = left > 0 ? await handle.read(part, 0, part.length) : { bytesRead: 0 };
          left -= bytesRead;
          if (bytesRead > 0) controller.enqueue(part.subarray(0, bytesRead));
          else if (left > 0) throw new Error('the file became shorter while it was sent');
          if (left > 0) return;
          await handle.close();
          controller.close();
        } catch (error) {
          await handle.close().catch(() => undefined);
          controller.error(error);
        }
      },
      cancel: () => handle.close(),
    },
    // Nothing is read before the receiver asks for it.
    { highWaterMark: 0 },
  );
}
