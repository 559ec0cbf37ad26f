// One study, workers of both kinds: ours and real Optuna's, through a file and through Redis.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../src/adapters/node/journal/open-journal.js';
import { createStudy, openStudy } from '../src/core/tuning/create-study.js';
import type { Study } from '../src/core/tuning/study.js';
import { type Trial, TrialPruned } from '../src/core/tuning/trial.js';
import { describeWith, repositoryRoot, requireCommand, requireOptuna, requirePython } from './requirements.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'interop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  version: string;
  trials: {
    state: string;
    value: number | null;
    params: Record<string, unknown>;
    reports: Record<string, number | null>;
    user: unknown;
  }[];
}

async function continueInPython(python: string, journal: string, trials: number): Promise<Seen> {
  const script = join(repositoryRoot, 'tests/oracles/continue_study.py');
  const { stdout } = await run(python, [script, journal, String(trials)], { maxBuffer: 1e8 });
  return JSON.parse(stdout) as Seen;
}

async function continueHere(journal: string, trials: number): Promise<Study> {
  const storage = await openJournal(journal);
  const study = await createStudy({ name: 'shared', storage });
  await study.optimize(objective, { trials });
  await storage.close();
  return study;
}

/** As in continue_study.py. */
async function objective(trial: Trial): Promise<number> {
  const rate = trial.suggestFloat('rate', 1e-4, 1, { log: true });
  const units = trial.suggestInt('units', 8, 256, { log: true });
  const dropout = trial.suggestFloat('dropout', 0, 0.8, { step: 0.1 });
  const kind = trial.suggestCategorical('kind', ['adam', null, 2, true]);
  await trial.report(trial.number % 3 ? Number.NaN : rate, 1);
  await trial.setUserAttribute('worker', 'node');
  if (trial.number % 7 === 6) throw new TrialPruned();
  return (Math.log10(rate) + 2) ** 2 + (Math.log2(units) - 6) ** 2 + dropout + (kind === 'adam' ? 0 : 1);
}

/** What Optuna saw is what we see. */
function expectSame(seen: Seen, study: Study): void {
  const names = { complete: 'COMPLETE', pruned: 'PRUNED', failed: 'FAIL', running: 'RUNNING', waiting: 'WAITING' };
  const ours = study.trials.map(({ state, value, params, intermediateValues, userAttributes }) => ({
    state: names[state],
    value,
    params,
    reports: Object.fromEntries(
      [...intermediateValues].map(([step, report]) => [step, Number.isNaN(report) ? null : report]),
    ),
    user: userAttributes,
  }));
  expect(ours).toEqual(seen.trials);
}

function sharesThrough(python: () => string, journal: () => string): void {
  it('continues a study of the other, in turns', async () => {
    await continueHere(journal(), 12);
    expect((await continueInPython(python(), journal(), 12)).trials).toHaveLength(24);
    await continueHere(journal(), 12);
    const seen = await continueInPython(python(), journal(), 1);
    expectSame(seen, await reopened(journal()));
    expect(seen.trials).toHaveLength(37);
    expect(new Set(seen.trials.map(({ state }) => state))).toEqual(new Set(['COMPLETE', 'PRUNED']));
  });

  it('shares it with the other at the same time', async () => {
    const before = (await reopened(journal())).trials.length;
    await Promise.all([
      continueInPython(python(), journal(), 15),
      continueHere(journal(), 15),
      continueHere(journal(), 15),
    ]);
    const study = await reopened(journal());
    expect(study.trials).toHaveLength(before + 45);
    expect(study.trials.every(({ state, params }) => state !== 'running' && Object.keys(params).length === 4)).toBe(
      true,
    );
    expectSame(await continueInPython(python(), journal(), 0), study);
  });
}

async function reopened(journal: string): Promise<Study> {
  const storage = await openJournal(journal);
  const study = await openStudy('shared', storage);
  await storage.close();
  return study;
}

const debian = requireOptuna();
const newest = requirePython('optuna');

describeWith(debian, "Debian's Optuna and a file", () => {
  sharesThrough(
    () => debian.path,
    () => join(folder, 'debian.journal'),
  );
});

describeWith(newest, 'Optuna 5 and a file', () => {
  sharesThrough(
    () => newest.path,
    () => join(folder, 'newest.journal'),
  );
});

describeWith([debian, requireCommand('redis-server')], "Debian's Optuna and Redis", () => {
  let server: ReturnType<typeof spawn> | undefined;
  let url = '';
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    url = `redis://127.0.0.1:${port}/0`;
    server = startRedis(port);
    await (await openJournal(url)).close();
  });
  afterAll(() => {
    server?.kill('SIGKILL');
  });

  sharesThrough(
    () => debian.path,
    () => url,
  );

  it('appends at a place only where nobody was quicker', async () => {
    const journals = await Promise.all([0, 1, 2].map(() => openJournal(url, { prefix: 'places' })));
    const given: number[] = [];
    await Promise.all(
      journals.map(async (journal) => {
        while (given.length < 20) {
          const count = (await journal.read(0)).length;
          if (await journal.appendAt(count, [{ op_code: 0, worker_id: journal.workerId }])) given.push(count);
        }
      }),
    );
    expect(given.sort((a, b) => a - b)).toEqual(Array.from({ length: given.length }, (_, i) => i));
    expect(await journals[0]!.appendAt(0, [{ op_code: 0, worker_id: 'late' }])).toBe(false);
    for (const journal of journals) await journal.close();
  });

  it('loses no finished trial when Redis goes and comes back', async () => {
    const file = join(folder, 'dump');
    const own = await freePort();
    let redis = startRedis(own, file);
    const storage = await openJournal(`redis://127.0.0.1:${own}/0`);
    const study = await createStudy({ name: 'shared', storage });
    await study.optimize(objective, { trials: 3 });
    const trial = await study.ask();
    redis.kill('SIGTERM');
    await new Promise((resolve) => redis.once('exit', resolve));
    const telling = study.tell(trial, 1);
    redis = startRedis(own, file);
    expect(await telling).toMatchObject({ state: 'complete', number: 3 });
    await storage.close();
    redis.kill('SIGKILL');
  });

  it('makes no second trial of one whose answer was lost', async () => {
    // Between us and Redis: the answer to the first append is never passed on.
    let isLost = false;
    const proxy = createServer((client) => {
      const redis = createConnection(port, '127.0.0.1');
      let isAppend = false;
      client.on('data', (data) => {
        isAppend ||= !isLost && data.includes('incr') && data.includes('"op_code":4');
        redis.write(data);
      });
      redis.on('data', (data) => {
        if (isAppend && !isLost) {
          isLost = true;
          client.destroy();
          redis.destroy();
        } else client.write(data);
      });
      for (const [one, other] of [
        [client, redis],
        [redis, client],
      ] as const)
        one.on('error', () => undefined).on('close', () => other.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port: through } = proxy.address() as { port: number };
    const storage = await openJournal(`redis://127.0.0.1:${through}/0`, { prefix: 'lost' });
    const study = await createStudy({ name: 'lost', storage });
    const trial = await study.ask();
    await study.tell(trial, 1);
    await study.ask();
    expect(isLost).toBe(true);
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'running']);
    await storage.close();
    proxy.close();
  });

  it('says what is wrong when there is no server, or another password', async () => {
    const { RedisJournal } = await import('../src/adapters/node/journal/redis-journal.js');
    const nowhere = `redis://:secret@127.0.0.1:${await freePort()}/0`;
    await expect(RedisJournal.open(nowhere, { patienceMs: 200 })).rejects.toThrow(
      /^Redis at redis:\/\/127\.0\.0\.1:\d+\/0 must answer, found: .*start it, or check the address/,
    );
    await expect(openJournal('redis://a b')).rejects.toThrow(/must look like redis:\/\/localhost:6379\/0/);
    const own = await freePort();
    const redis = spawn('redis-server', ['--port', String(own), '--save', '', '--requirepass', 'right'], {
      stdio: 'ignore',
    });
    await (await openJournal(`redis://:right@127.0.0.1:${own}/0`)).close();
    const guarded = RedisJournal.open(`redis://:wrong@127.0.0.1:${own}/0`, { patienceMs: 60_000 });
    await expect(guarded).rejects.toThrow(/^Redis at redis:\/\/127\.0\.0\.1:\d+\/0 must answer, found: WRONGPASS/);
    redis.kill('SIGKILL');
  });
});

describe('a journal that is damaged', () => {
  it('is named with the line', async () => {
    const path = join(folder, 'damaged.journal');
    await continueHere(path, 2);
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[3] = '{"op_code": 5, "worker';
    writeFileSync(path, lines.join('\n'));
    await expect(reopened(path)).rejects.toThrow(/line 4 of the journal .*damaged\.journal must be JSON/);
  });
});

function startRedis(port: number, file?: string) {
  const keep = file ? ['--dir', folder, '--dbfilename', 'interop.rdb', '--save', '3600 1'] : ['--save', ''];
  return spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'no', ...keep], {
    stdio: 'ignore',
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
