import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileJournal } from '../../adapters/node/journal/file-journal.js';
import type { Journal } from '../../core/ports/journal.js';
import { createStudy } from '../../core/tuning/create-study.js';
import { MemoryJournal } from '../../core/tuning/journal/memory-journal.js';
import { RandomSampler } from '../../core/tuning/samplers/random-sampler.js';
import { startLiveServer } from './live-server.js';
import { StudyBoard } from './study-board.js';

async function searched(storage = new MemoryJournal()) {
  const study = await createStudy({ name: 'a <b> & c', storage, sampler: new RandomSampler(), direction: 'maximize' });
  const search = (trials: number) =>
    study.optimize(
      async (trial) => {
        const rate = trial.suggestFloat('rate', 1e-5, 1, { log: true });
        for (let step = 1; step <= 3; step++) await trial.report(rate * step, step);
        return rate;
      },
      { trials },
    );
  await search(6);
  return { study, storage, search };
}

describe('StudyBoard', () => {
  it('tells of each study what there is to see, and again when something changed', async () => {
    const { study, storage, search } = await searched();
    let now = 0;
    const board = new StudyBoard(storage, () => now);
    expect(await board.list()).toEqual([{ name: 'a <b> & c', trials: 6, isShown: true }]);
    const page = (await board.page(0))!;
    expect(page).toMatchObject({ direction: 'maximize', counts: '6 trials (6 complete)', running: [] });
    expect(page.best!.params).toEqual([['rate', expect.any(String)]]);
    expect(page.groups.map(({ title }) => title)).toEqual([
      ...['History', 'Parameters', 'One parameter at a time', 'Reports'],
    ]);
    for (const { file, title } of page.groups.flatMap(({ charts }) => charts)) {
      expect(await board.chart(0, file), file).toContain(`<title>${title}</title>`);
    }
    expect(page.table.rows).toHaveLength(6);

    // Nothing new: the same; something new: drawn again, though not at once.
    now = 60_000;
    expect(await board.page(0)).toBe(page);
    await search(1);
    const running = await study.ask();
    running.suggestFloat('rate', 1e-5, 1, { log: true });
    await running.report(0.125, 1);
    now = 62_000;
    const next = (await board.page(0))!;
    expect(next.version).not.toBe(page.version);
    expect(next.running).toEqual([{ trial: 7, step: 1, value: '0.125' }]);
    await running.report(0.25, 2);
    now = 64_000;
    expect(await board.page(0)).toBe(next);
    now = 67_000;
    expect((await board.page(0))!.running).toEqual([{ trial: 7, step: 2, value: '0.25' }]);
  });

  it('has no page for what is not there', async () => {
    const board = new StudyBoard(new MemoryJournal());
    expect(await board.list()).toEqual([]);
    expect([await board.page(0), await board.chart(0, 'history')]).toEqual([undefined, undefined]);
  });
});

describe('studies of the live server', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moodlens-studies-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function serve(studies?: Journal) {
    const server = await startLiveServer({ webRoot: folder, modelsRoot: folder, port: 0, studies });
    const get = (path: string) => fetch(`${server.url}studies/${path}?token=${server.token}`);
    return { server, get };
  }

  it('are listed, described and drawn, as pictures that can do nothing', async () => {
    const { server, get } = await serve((await searched()).storage);
    try {
      expect(await (await get('list.json')).json()).toHaveLength(1);
      expect((await (await get('0.json')).json()).name).toBe('a <b> & c');
      const svg = await get('0/history.svg');
      expect(svg.headers.get('content-type')).toBe('image/svg+xml');
      expect(svg.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
      expect(await svg.text()).toMatch(/^<svg/);
      for (const path of ['1.json', '0/nothing.svg', '0/..%2f..%2fhistory.svg', 'x.json', '-1.json']) {
        expect((await get(path)).status, path).toBe(404);
      }
      expect((await fetch(`${server.url}studies/list.json`)).status).toBe(401);
    } finally {
      await server.close();
    }
  });

  it('are none without a journal, and an error that says why with a damaged one', async () => {
    const without = await serve();
    expect(await (await without.get('list.json')).json()).toBeNull();
    expect((await without.get('0.json')).status).toBe(404);
    await without.server.close();
    const path = join(folder, 'damaged.journal');
    await writeFile(path, 'no journal\n{"op_code":0}\n');
    const journal = await createFileJournal(path);
    const { server, get } = await serve(journal);
    const answer = await get('list.json');
    expect(answer.status).toBe(503);
    expect((await answer.json()).message).toMatch(/line 1/);
    await server.close();
    await journal.close();
  });
});
