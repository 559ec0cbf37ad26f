// Atomic files and folders on a real temporary directory.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, StorageError } from '../../core/errors.js';
import { createFolderStore, openFileChunks, writeFileAtomic, writeFilesAtomic, writeFolderAtomic } from './files.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('makes folders, replaces content and leaves nothing beside', async () => {
    const path = join(root, 'a/b.txt');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, new Uint8Array([0x32]));
    expect(await readFile(path, 'utf8')).toBe('2');
    expect(await readdir(join(root, 'a'))).toEqual(['b.txt']);
  });

  it('leaves nothing beside when the target cannot be replaced', async () => {
    await mkdir(join(root, 'taken/inner'), { recursive: true });
    await expect(writeFileAtomic(join(root, 'taken'), 'x')).rejects.toThrow(StorageError);
    expect(await readdir(root)).toEqual(['taken']);
  });

  it('says which part of the path is in the way', async () => {
    await writeFile(join(root, 'file'), 'x');
    await expect(writeFileAtomic(join(root, 'file/inner'), 'x')).rejects.toThrow(/a part of that path is a file/);
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    // Every write to this device fails with ENOSPC, as on a full disk.
    const store = createFolderStore('/dev');
    await expect(store.append('full', 'x')).rejects.toThrow(/must be written, and the disk is full; make room/);
  });
});

describe('writeFilesAtomic', () => {
  it('replaces files, and takes away what has no content', async () => {
    for (const name of ['a', 'b']) await writeFile(join(root, name), 'old');
    await writeFilesAtomic([
      [join(root, 'a'), 'new'],
      [join(root, 'b'), undefined],
      [join(root, 'c/d'), new Uint8Array([0x32])],
      [join(root, 'none'), undefined],
    ]);
    expect(await createFolderStore(root).list()).toEqual(['a', 'c/d']);
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('new');
    expect(await readFile(join(root, 'c/d'), 'utf8')).toBe('2');
  });

  it('changes nothing when one of them cannot be written', async () => {
    for (const name of ['a', 'b']) await writeFile(join(root, name), 'old');
    const failing = writeFilesAtomic([
      [join(root, 'a'), 'new'],
      [join(root, 'b'), undefined],
      [join(root, 'a/inner'), 'x'],
    ]);
    await expect(failing).rejects.toThrow(StorageError);
    expect(await readdir(root)).toEqual(['a', 'b']);
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('old');
  });
});

describe('createFolderStore', () => {
  it('reads, writes, appends, lists and removes by relative name', async () => {
    const store = createFolderStore(join(root, 'store'));
    expect(await store.list()).toEqual([]);
    expect(await store.read('missing')).toBeUndefined();
    await store.write('b/c.txt', 'x');
    await store.append('b/c.txt', 'y');
    await store.append('a.txt', 'z');
    expect(Buffer.from((await store.read('b/c.txt'))!).toString()).toBe('xy');
    expect((await store.read('b/c.txt'))!.constructor).toBe(Uint8Array);
    expect(await store.read('b')).toBeUndefined();
    expect(await store.list()).toEqual(['a.txt', 'b/c.txt']);
    expect(await store.list('b/')).toEqual(['b/c.txt']);
    await store.remove('a.txt');
    await store.remove('a.txt');
    expect(await store.list()).toEqual(['b/c.txt']);
  });

  it.each(['../x', '/x', 'a/../b', '', 'a//b', '..\\x', 'a\0b', '.'])('refuses the name %j', async (name) => {
    const store = createFolderStore(root);
    await expect(store.read(name)).rejects.toThrow(RangeError);
    await expect(store.write(name, 'x')).rejects.toThrow(RangeError);
    await expect(store.append(name, 'x')).rejects.toThrow(RangeError);
    await expect(store.remove(name)).rejects.toThrow(RangeError);
  });

  it('follows links but not round in circles', async () => {
    await mkdir(join(root, 'd/sub'), { recursive: true });
    await writeFile(join(root, 'd/sub/x'), '');
    await symlink(join(root, 'd'), join(root, 'd/sub/loop'));
    await symlink(join(root, 'd/sub/x'), join(root, 'd/link'));
    await symlink(join(root, 'nowhere'), join(root, 'd/broken'));
    expect(await createFolderStore(join(root, 'd')).list()).toEqual(['link', 'sub/x']);
  });
});

describe('createFolderStore where files cannot be read', () => {
  it('gives nothing for what is not there, and says what is wrong with what is', async () => {
    await symlink(join(root, 'b'), join(root, 'a'));
    await symlink(join(root, 'a'), join(root, 'b'));
    const store = createFolderStore(root);
    expect(await store.read('missing')).toBeUndefined();
    await expect(store.read('a')).rejects.toThrow(StorageError);
    await expect(store.read('a')).rejects.toThrow(/a must be read, and its links lead in a circle/);
  });
});

describe('writeFolderAtomic', () => {
  const out = () => join(root, 'out');
  const fill = (text: string) => (store: { write(name: string, content: string): Promise<void> }) =>
    store.write('f', text);

  it('refuses a folder with files and replaces it whole when asked', async () => {
    await writeFolderAtomic(out(), fill('one'));
    await expect(writeFolderAtomic(out(), fill('two'))).rejects.toThrow(ConfigError);
    expect(await readFile(join(out(), 'f'), 'utf8')).toBe('one');
    await writeFile(join(out(), 'old'), '');
    await writeFolderAtomic(out(), fill('two'), { overwrite: true });
    expect(await readFile(join(out(), 'f'), 'utf8')).toBe('two');
    expect(await readdir(out())).toEqual(['f']);
    expect(await readdir(root)).toEqual(['out']);
  });

  it('keeps the old folder and nothing else when filling fails', async () => {
    await writeFolderAtomic(out(), fill('one'));
    const failing = writeFolderAtomic(
      out(),
      async (store) => {
        await store.write('half', 'x');
        throw new Error('broken');
      },
      { overwrite: true },
    );
    await expect(failing).rejects.toThrow('broken');
    expect(await readdir(root)).toEqual(['out']);
    expect(await readdir(out())).toEqual(['f']);
  });

  it.skipIf(process.platform !== 'linux')('says so when no folder can be made there', async () => {
    const fill = async (): Promise<void> => {};
    await expect(writeFolderAtomic('/proc/report', fill)).rejects.toThrow(StorageError);
    await expect(writeFolderAtomic(join(root, 'a'.repeat(300)), fill)).rejects.toThrow(/its name is too long/);
  });

  it('says so when the place is a file', async () => {
    await writeFile(out(), '');
    await expect(writeFolderAtomic(out(), fill('x'), { overwrite: true })).rejects.toThrow(/must be a folder/);
  });
});

describe('openFileChunks', () => {
  it('gives the size and all bytes', async () => {
    const content = new Uint8Array(3_000_000).map((_, i) => i % 251);
    await writeFile(join(root, 'big'), content);
    const { size, chunks } = await openFileChunks(join(root, 'big'));
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    expect(size).toBe(3_000_000);
    expect(parts.length).toBeGreaterThan(1);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
  });

  it('says what is wrong with a missing file and with a folder', async () => {
    await expect(openFileChunks(join(root, 'no'))).rejects.toThrow(/does not exist/);
    await expect(openFileChunks(root)).rejects.toThrow(/is a folder/);
  });
});
