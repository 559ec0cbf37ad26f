// What a kill leaves behind: who comes next clears it, and finds the folder that was about to be replaced.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith, repositoryRoot } from '../../../tests/requirements.js';
import { createFolderStore, writeFileAtomic, writeFolderAtomic } from './files.js';
import { withFileLock } from './journal/file-lock.js';
import { besideName, isUnfinished } from './leftovers.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-leftovers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let number = 0;
let folder: string;
beforeEach(() => {
  folder = join(root, String(++number));
  mkdirSync(folder);
});

/** The number of a process that is over. */
const gone = spawnSync(process.execPath, ['-e', '']).pid;
const ofProcess = (path: string, pid: number) => path.replace(`-${process.pid}-`, `-${pid}-`);

describe('leftovers', () => {
  it('are removed when their process is gone, by the next write into their folder', async () => {
    const left = ofProcess(besideName(join(folder, 'a.json')), gone);
    const leftFolder = ofProcess(besideName(join(folder, 'data')), gone);
    const mine = besideName(join(folder, 'b.json'));
    const running = ofProcess(besideName(join(folder, 'c.json')), process.ppid);
    const former = join(folder, '.d.json.0123456789ab.part');
    for (const file of [left, mine, running, former, join(folder, '.other.part')]) writeFileSync(file, 'x');
    mkdirSync(leftFolder);
    writeFileSync(join(leftFolder, 'samples.bin'), 'x');
    await writeFileAtomic(join(folder, 'new.json'), '{}');
    // The former version's may be a day old before it goes: nothing tells whose it is.
    const kept = [mine, running, former, join(folder, '.other.part'), join(folder, 'new.json')];
    expect(readdirSync(folder).sort()).toEqual(kept.map((file) => file.slice(folder.length + 1)).sort());
    expect([left, former].every((file) => isUnfinished(file.slice(folder.length + 1)))).toBe(true);
  });

  it('of a lock are removed once they are older than its grace', async () => {
    const path = join(folder, 'journal.log');
    writeFileSync(path, '');
    const renamed = `${path}.lock0b8f0d5a-7a5e-4a0e-9a53-2f9d6f0a3c11.rename`;
    symlinkSync(path, renamed);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await withFileLock(path, async () => undefined, { graceMs: 1 });
    expect(readdirSync(folder)).toEqual(['journal.log']);
  });
});

const file = join(repositoryRoot, 'dist/adapters/node/files.js');
const built = { path: file, missing: existsSync(file) ? undefined : 'the build (npm run build)' };

describeWith(built, 'a folder whose replacement is killed', () => {
  /** Replaces the folder in a process that is killed at its rename of that number. */
  function replaceAndKill(target: string, rename: number): void {
    const script = `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { rename } = fs.promises;
      let renames = 0;
      fs.promises.rename = (...names) => {
        // The store writes a file by a rename of its own.
        if (++renames === ${rename}) process.kill(process.pid, 'SIGKILL');
        return rename(...names);
      };
      syncBuiltinESMExports();
      const { writeFolderAtomic } = await import(${JSON.stringify(pathToFileURL(file))});
      await writeFolderAtomic(${JSON.stringify(target)}, (store) => store.write('a', 'new'), { overwrite: true });`;
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(signal, String(stderr)).toBe('SIGKILL');
  }

  it.each([1, 2, 3])('is there for who reads next, and for who replaces next (rename %i)', async (rename) => {
    const target = join(folder, 'data');
    mkdirSync(target);
    writeFileSync(join(target, 'a'), 'old');
    replaceAndKill(target, rename);
    const store = createFolderStore(target);
    expect(new TextDecoder().decode(await store.read('a'))).toBe('old');
    expect(await store.list()).toEqual(['a']);

    replaceAndKill(target, rename);
    await writeFolderAtomic(target, (next) => next.write('a', new TextEncoder().encode('next')), { overwrite: true });
    expect(readFileSync(join(target, 'a'), 'utf8')).toBe('next');
    expect(readdirSync(folder)).toEqual(['data']);
  });
});
