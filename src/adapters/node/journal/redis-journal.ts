// A journal in Redis under the keys of Optuna's JournalRedisBackend: PREFIX:log_number, and PREFIX:log:N for each entry.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { ConfigError, StudyError } from '../../../core/errors.js';
import type { Journal, JournalRecord } from '../../../core/ports/journal.js';
import { readJournalLine, writeJournalLine } from '../../../core/tuning/journal/journal-line.js';
import { journalTime } from './journal-time.js';

/**
 * Counts up and stores in one step, so that no reader meets a number without its entry. ARGV[2]: the number that the newest entry
 * must have, or nothing; gives 0 when it has another.
 */
const APPEND = `
redis.call('setnx', ARGV[1] .. ':log_number', -1)
if ARGV[2] ~= '' and tonumber(redis.call('get', ARGV[1] .. ':log_number')) ~= tonumber(ARGV[2]) then return 0 end
for i = 3, #ARGV do
  local number = redis.call('incr', ARGV[1] .. ':log_number')
  redis.call('set', ARGV[1] .. ':log:' .. string.format('%d', number), ARGV[i])
end
return 1`;

export interface RedisJournalOptions {
  /** Of the keys; empty when not given, as Optuna's is. */
  readonly prefix?: string;
  /** How long a lost server is waited for before an operation fails, in ms; 10,000 when not given. */
  readonly patienceMs?: number;
}

type Client = ReturnType<typeof clientOf>;

export class RedisJournal implements Journal {
  readonly workerId = randomUUID();
  readonly now = journalTime;
  readonly #client: Client;
  readonly #place: string;
  readonly #prefix: string;
  readonly #patienceMs: number;
  /** Why the connection broke, which tells more than the operations that fail without it. */
  #broken: Error | undefined;

  private constructor(client: Client, place: string, options: RedisJournalOptions) {
    this.#client = client;
    this.#place = place;
    this.#prefix = options.prefix ?? '';
    this.#patienceMs = options.patienceMs ?? 10_000;
  }

  /** `url`: redis://[[user:]password@]host[:port][/database], or rediss:// with TLS. Throws StudyError when no server answers. */
  static async open(url: string, options: RedisJournalOptions = {}): Promise<RedisJournal> {
    const place = placeOf(url);
    const client = clientOf(url);
    const journal = new RedisJournal(client, place, options);
    // Said by the operations that fail; without a listener it would end the process.
    client.on('error', (error: Error) => {
      journal.#broken = error;
    });
    client.on('ready', () => {
      journal.#broken = undefined;
    });
    void client.connect().catch(() => {});
    try {
      await journal.#patiently(() => client.ping());
    } catch (error) {
      client.destroy();
      throw error;
    }
    return journal;
  }

  async append(records: readonly JournalRecord[]): Promise<void> {
    await this.#append(records, '');
  }

  appendAt(count: number, records: readonly JournalRecord[]): Promise<boolean> {
    return this.#append(records, String(count - 1));
  }

  /** `newest`: the number that the newest entry must have, or nothing; false when it has another. */
  #append(records: readonly JournalRecord[], newest: string): Promise<boolean> {
    const values = records.map(writeJournalLine);
    return this.#explained(async () => {
      const before = await this.#patiently(() => this.#newest());
      try {
        return (await this.#client.eval(APPEND, { keys: [], arguments: [this.#prefix, newest, ...values] })) === 1;
      } catch (error) {
        // The answer may be lost where the records are not: kept twice they would make two trials of one.
        if (!(await this.#isKept(values, before))) throw error;
        return true;
      }
    });
  }

  async #newest(): Promise<number> {
    return Number((await this.#client.get(`${this.#prefix}:log_number`)) ?? -1);
  }

  /** Whether these stand in a row behind that entry. Throws StudyError when the server stays away: then nobody knows. */
  async #isKept(values: readonly string[], before: number): Promise<boolean> {
    const newest = await this.#patiently(() => this.#newest());
    const added = newest > before ? await this.#valuesAt(before + 1, newest) : [];
    return added.some((_, at) => values.every((value, i) => added[at + i] === value));
  }

  async read(from: number): Promise<readonly unknown[]> {
    const newest = await this.#patiently(() => this.#newest());
    const entries: unknown[] = [];
    // Thousands at a time: an answer must fit into memory.
    for (let begin = from; begin <= newest; begin += 1000) {
      const end = Math.min(newest, begin + 999);
      const values = await this.#valuesAt(begin, end);
      for (const [i, value] of values.entries()) entries.push(this.#parse(value, begin + i));
    }
    return entries;
  }

  /** A writer on a cluster counts first and stores then: what is counted is waited for. */
  async #valuesAt(begin: number, end: number): Promise<(string | null)[]> {
    const keys = Array.from({ length: end - begin + 1 }, (_, i) => `${this.#prefix}:log:${begin + i}`);
    const last = performance.now() + this.#patienceMs;
    for (;;) {
      const values = await this.#patiently(() => this.#client.mGet(keys));
      if (!values.includes(null) || performance.now() > last) return values;
      await sleep(100);
    }
  }

  async close(): Promise<void> {
    if (this.#client.isReady) await this.#client.close();
    else this.#client.destroy();
  }

  #parse(text: string | null, number: number): unknown {
    try {
      if (text !== null) return readJournalLine(text);
    } catch {
      // Said below.
    }
    const found = text === null ? 'nothing' : JSON.stringify(text.slice(0, 40));
    throw new StudyError(`entry ${number + 1} of the journal at ${this.#place} must be JSON, found ${found}`);
  }

  /** Tries again while the server is away, until patience ends. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const end = performance.now() + this.#patienceMs;
    for (let waitMs = 20; ; waitMs = Math.min(500, waitMs * 2)) {
      try {
        return await this.#explained(work);
      } catch (error) {
        if (this.#client.isReady || this.#isRefused() || performance.now() > end) throw error;
        await sleep(waitMs);
      }
    }
  }

  /** Waiting does not help against a wrong password or database. */
  #isRefused(): boolean {
    return /^(NOAUTH|WRONGPASS|NOPERM|ERR) /.test(this.#broken?.message ?? '');
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StudyError) throw error;
      const told = this.#broken ?? error;
      const reason =
        told instanceof Error ? told.message || (told as NodeJS.ErrnoException).code || told.name : String(told);
      throw new StudyError(
        `Redis at ${this.#place} must answer, found: ${reason}; start it, or check the address. What is kept there stays`,
        { cause: error },
      );
    }
  }
}

function clientOf(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 5000, reconnectStrategy: (retries) => Math.min(1000, 50 * 2 ** retries) },
  });
}

/** The address without its password. */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['redis:', 'rediss:'].includes(parsed.protocol)) {
    throw new ConfigError('the address of Redis must look like redis://localhost:6379/0');
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}
