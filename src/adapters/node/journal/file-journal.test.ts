import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../../tests/requirements.js';
import { StorageError, StudyError } from '../../../core/errors.js';
import type { Journal } from '../../../core/ports/journal.js';
import { createStudy, openStudy } from '../../../core/tuning/create-study.js';
import { createFileJournal } from './file-journal.js';
import { withFileLock } from './file-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function search(path: string, trials: number) {
  const study = await createStudy({ storage: await createFileJournal(path) });
  await study.optimize(
    async (trial) => {
      const x = trial.suggestFloat('x', 0, 1);
      await trial.report(x, 0);
      return x;
    },
    { trials },
  );
  return study;
}

describe('a journal in a file', () => {
  it('is never made of a file that holds something else, which stays as it is', async () => {
    const path = join(folder, 'config.json');
    for (const text of ['{"config":"original.json"}', 'words', '{"op_code']) {
      writeFileSync(path, text);
      const isTorn = text === '{"op_code';
      const work = search(path, 1);
      if (isTorn) await work;
      else await expect(work).rejects.toThrow(/must be a journal/);
      expect(readFileSync(path, 'utf8') === text).toBe(!isTorn);
    }
    writeFileSync(path, '\0\0\0');
    await search(path, 1);
  });

  it('is locked by one at a time, also when several take the lock of one who died', async () => {
    const path = join(folder, 'locked.journal');
    writeFileSync(path, '');
    symlinkSync(path, `${path}.lock`);
    let inside = 0;
    let most = 0;
    const work = async (isHeld: () => Promise<boolean>) => {
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await isHeld()).toBe(true);
      inside--;
    };
    await Promise.all(Array.from({ length: 12 }, () => withFileLock(path, work, { graceMs: 1500 })));
    expect([most, inside]).toEqual([1, 0]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('leaves a lock that leads to its file from wherever one looks', async () => {
    const here = process.cwd();
    process.chdir(folder);
    try {
      writeFileSync('relative.journal', '');
      await withFileLock('relative.journal', async () => {
        expect(readlinkSync(join(folder, 'relative.journal.lock'))).toBe(join(process.cwd(), 'relative.journal'));
      });
    } finally {
      process.chdir(here);
    }
  });

  it('tells of a file that is gone', async () => {
    const journal = await createFileJournal(join(folder, 'gone.journal'));
    rmSync(join(folder, 'gone.journal'));
    await expect(journal.read(0)).rejects.toThrow(/no longer there/);
  });

  it('loses no finished trial wherever a crash cuts it, and goes on behind it', async () => {
    const path = join(folder, 'whole.journal');
    const whole = await search(path, 4);
    const bytes = readFileSync(path);
    const told = bytes
      .toString()
      .split('\n')
      .map((line, i, lines) => ({ line, end: lines.slice(0, i + 1).join('\n').length + 1 }));
    const ends = told.filter(({ line }) => line.includes('"op_code":6')).map(({ end }) => end);
    const torn = join(folder, 'torn.journal');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (length) => {
        writeFileSync(torn, bytes.subarray(0, length));
        const kept = ends.filter((end) => end <= length).length;
        const study = await search(torn, 1);
        expect(study.trials.slice(0, kept)).toEqual(whole.trials.slice(0, kept));
        expect(study.trials.at(-1)).toMatchObject({ state: 'complete' });
        // Whoever reads it next finds whole lines only.
        for (const line of readFileSync(torn, 'utf8').trimEnd().split('\n')) JSON.parse(line);
      }),
      { numRuns: 60 },
    );
  });

  it('survives workers that are killed while they write', async () => {
    const path = join(folder, 'killed.journal');
    const entry = pathToFileURL(join(repositoryRoot, 'dist/adapters/node/index.js')).href;
    const tuning = pathToFileURL(join(repositoryRoot, 'dist/core/tuning/index.js')).href;
    const program = `
      const { openJournal } = await import(${JSON.stringify(entry)});
      const { createStudy } = await import(${JSON.stringify(tuning)});
      const study = await createStudy({ storage: await openJournal(${JSON.stringify(path)}) });
      for (;;) await study.optimize((trial) => { process.stdout.write('.'); return trial.suggestFloat('x', 0, 1); }, { trials: 1 });`;
    for (const trials of [3, 9, 17]) {
      const worker = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let seen = 0;
      await new Promise<void>((resolve) => {
        worker.stdout.on('data', (text: Buffer) => {
          seen += text.length;
          if (seen >= trials) resolve();
        });
      });
      worker.kill('SIGKILL');
      await new Promise((resolve) => worker.once('exit', resolve));
      // Its lock may be left.
      rmSync(`${path}.lock`, { force: true });
      const study = await search(path, 1);
      expect(study.trials.filter(({ state }) => state === 'complete').length).toBeGreaterThanOrEqual(trials);
    }
  });

  it('takes the lock of a dead process, and waits for a living one', async () => {
    const path = join(folder, 'locked.journal');
    const journal = await createFileJournal(path, { graceMs: 1000 });
    symlinkSync(path, `${path}.lock`);
    const record = { op_code: 0, worker_id: 'w', study_name: 's', directions: [1] };
    await journal.append([record]);
    expect(existsSync(`${path}.lock`)).toBe(false);

    symlinkSync(path, `${path}.lock`);
    let heartbeats = 0;
    const living = setInterval(() => utimesSync(path, 1000 + heartbeats, 1000 + heartbeats++), 15);
    const appending = journal.append([record]).then(() => heartbeats);
    // Longer than the grace: it is the heartbeats that keep the lock.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    clearInterval(living);
    rmSync(`${path}.lock`);
    expect(await appending).toBe(heartbeats);
    expect(await journal.read(0)).toHaveLength(2);
  });

  it('appends whole groups when several write at the same time', async () => {
    const path = join(folder, 'many.journal');
    const journals = await Promise.all(Array.from({ length: 4 }, () => createFileJournal(path)));
    const group = (worker_id: string, i: number) => [0, 1, 2].map((op_code) => ({ op_code, worker_id, i }));
    await Promise.all(
      journals.flatMap((journal) => [0, 1, 2, 3, 4].map((i) => journal.append(group(journal.workerId, i)))),
    );
    const entries = (await journals[0]!.read(0)) as { op_code: number; worker_id: string; i: number }[];
    expect(entries).toHaveLength(60);
    for (let at = 0; at < 60; at += 3) {
      const { worker_id, i } = entries[at]!;
      expect(entries.slice(at, at + 3)).toEqual(group(worker_id, i));
    }
  });

  it('appends at a place only where nobody was quicker', async () => {
    const path = join(folder, 'places.journal');
    const journals = await Promise.all(Array.from({ length: 3 }, () => createFileJournal(path)));
    const [one, other] = [journals[0]!, journals[1]!];
    const record = (worker_id: string) => [{ op_code: 0, worker_id }];
    expect(await one.appendAt(0, record('one'))).toBe(true);
    expect(await other.appendAt(0, record('other'))).toBe(false);
    expect(await other.appendAt(1, record('other'))).toBe(true);
    expect(await one.appendAt(3, record('one'))).toBe(false);
    // What a crash left of a line does not count.
    appendFileSync(path, '{"op_code"');
    expect(await one.appendAt(2, record('one'))).toBe(true);
    // Each number is given once, whoever is quicker.
    const given: number[] = [];
    const take = async (journal: Journal) => {
      while (given.length < 12) {
        const count = (await journal.read(0)).length;
        if (await journal.appendAt(count, record(journal.workerId))) given.push(count);
      }
    };
    await Promise.all(journals.map(take));
    expect(new Set(given).size).toBe(given.length);
    expect(await one.read(0)).toHaveLength(3 + given.length);
  });

  it('reads on from any number', async () => {
    const path = join(folder, 'numbers.journal');
    const journal = await createFileJournal(path);
    await journal.append([0, 1, 2, 3].map((op_code) => ({ op_code, worker_id: 'ä\n' })));
    const codes = async (from: number) =>
      ((await journal.read(from)) as { op_code: number }[]).map(({ op_code }) => op_code);
    expect(await codes(2)).toEqual([2, 3]);
    expect(await codes(4)).toEqual([]);
    expect(await codes(0)).toEqual([0, 1, 2, 3]);
  });

  it('says what is wrong with a file that is no journal', async () => {
    const open = async (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return openStudy('study', await createFileJournal(join(folder, name)));
    };
    await expect(open('text', 'hello\nworld\n')).rejects.toThrow(
      /line 1 of the journal .*text must be JSON, found "hello"/,
    );
    await expect(open('numbers', '1\n2\n')).rejects.toThrow(
      /entry 1 of the journal is not one of a study: it must be a JSON object/,
    );
    await expect(open('database', 'SQLite format 3\0\n\n')).rejects.toThrow(/is a database of SQLite/);
    await expect(open('empty', '')).rejects.toThrow(/no study study in the journal; it has none/);
    await expect(open('bytes', Buffer.from([0xff, 0xfe, 10]))).rejects.toThrow(StudyError);
    mkdirSync(join(folder, 'folder'));
    await expect(createFileJournal(join(folder, 'folder'))).rejects.toThrow(StorageError);
    await expect(createFileJournal(join(folder, 'no', 'where'))).rejects.toThrow(StorageError);
  });
});
