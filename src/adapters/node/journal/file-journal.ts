// A journal in a file of lines of JSON, which Optuna's JournalFileBackend shares.
import { randomUUID } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { StorageError, StudyError } from '../../../core/errors.js';
import type { Journal, JournalRecord } from '../../../core/ports/journal.js';
import { readJournalLine, writeJournalLine } from '../../../core/tuning/journal/journal-line.js';
import { reading, writing } from '../storage-error.js';
import { type FileLockOptions, withFileLock } from './file-lock.js';
import { journalTime } from './journal-time.js';

const NEW_LINE = 10;
/** Of every line that a journal holds, ours and Optuna's. */
const lineBegin = '{"op_code"';

export class FileJournal implements Journal {
  readonly workerId = randomUUID();
  readonly now = journalTime;
  readonly #path: string;
  readonly #lock: FileLockOptions;
  /** Where the entry of a number begins: that of the last read, and the one after it. */
  #next = { number: 0, offset: 0 };

  /** `createFileJournal` makes the file first. */
  constructor(path: string, lock: FileLockOptions = {}) {
    this.#path = path;
    this.#lock = lock;
  }

  /** Under the lock, in one write, on the disk when it settles. What a crash left of a line is cut off first. */
  async append(records: readonly JournalRecord[]): Promise<void> {
    await this.#append(records, undefined);
  }

  async appendAt(count: number, records: readonly JournalRecord[]): Promise<boolean> {
    // Where entry `count` begins is known of the last read only.
    if (this.#next.number !== count) await this.read(count);
    return this.#next.number === count && this.#append(records, this.#next.offset);
  }

  /** `offset`: where the journal must end, when given; false when it does not. */
  async #append(records: readonly JournalRecord[], offset: number | undefined): Promise<boolean> {
    const text = records.map((record) => `${writeJournalLine(record)}\n`).join('');
    /** Undefined when the lock was lost between taking it and writing: somebody took us for dead. */
    const write = async (isHeld: () => Promise<boolean>): Promise<boolean | undefined> => {
      const file = await open(this.#path, 'r+');
      try {
        const end = await endOfLines(file);
        await this.#requireTorn(file, end);
        if (offset !== undefined && end !== offset) return false;
        if (!(await isHeld())) return undefined;
        await file.truncate(end);
        await writeAll(file, Buffer.from(text), end);
        await file.sync();
        return true;
      } finally {
        await file.close();
      }
    };
    const underLock = () => withFileLock(this.#path, (isHeld) => writing(this.#path, () => write(isHeld)), this.#lock);
    for (;;) {
      const isAppended = await underLock();
      if (isAppended !== undefined) return isAppended;
    }
  }

  /** Throws StudyError, which names the line, for a whole line that is no JSON. A torn last line is left for later. */
  async read(from: number): Promise<readonly unknown[]> {
    if (from !== this.#next.number) this.#next = { number: 0, offset: 0 };
    const bytes = await this.#bytesFrom(this.#next.offset);
    const entries: unknown[] = [];
    let begin = 0;
    let { number } = this.#next;
    for (let end = bytes.indexOf(NEW_LINE); end >= 0; end = bytes.indexOf(NEW_LINE, begin)) {
      if (number >= from) entries.push(this.#parse(bytes.toString('utf8', begin, end), number + 1));
      begin = end + 1;
      number++;
    }
    this.#next = { number, offset: this.#next.offset + begin };
    this.#requireLine(bytes.subarray(begin));
    return entries;
  }

  async close(): Promise<void> {}

  /** What stands behind the last whole line may be cut off only when it is the beginning of one. */
  async #requireTorn(file: File, end: number): Promise<void> {
    const tail = Buffer.alloc(lineBegin.length);
    const { bytesRead } = await file.read(tail, 0, tail.length, end);
    this.#requireLine(tail.subarray(0, bytesRead));
  }

  #requireLine(tail: Buffer): void {
    const begin = tail.toString('latin1', 0, lineBegin.length);
    // After a failure of the power a line may be of zeros.
    if (lineBegin.startsWith(begin) || /^\0+$/.test(begin)) return;
    throw new StudyError(
      `${this.#path} must be a journal, and holds ${JSON.stringify(begin)}; name another file, or remove its last line`,
    );
  }

  async #bytesFrom(offset: number): Promise<Buffer> {
    return reading(this.#path, async () => {
      const file = await open(this.#path, 'r').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
        throw new StorageError(`the journal ${this.#path} is no longer there; put it back, or begin another`, {
          cause,
        });
      });
      try {
        const { size } = await file.stat();
        if (size < offset) {
          throw new StudyError(`the journal ${this.#path} became shorter: another program wrote it anew; begin again`);
        }
        const bytes = Buffer.alloc(size - offset);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    });
  }

  #parse(line: string, number: number): unknown {
    try {
      return readJournalLine(line);
    } catch (error) {
      if (line.startsWith('SQLite format 3')) {
        throw new StudyError(
          `${this.#path} is a database of SQLite, not a journal; copy its study into one with Optuna`,
          {
            cause: error,
          },
        );
      }
      const found = JSON.stringify(line.slice(0, 40));
      throw new StudyError(
        `line ${number} of the journal ${this.#path} must be JSON, found ${found}; restore the file, or remove that line`,
        { cause: error },
      );
    }
  }
}

/** Makes the file where there is none. Throws StorageError where that cannot be. */
export async function createFileJournal(path: string, lock?: FileLockOptions): Promise<FileJournal> {
  await requireFileOrNothing(path);
  await writing(path, async () => (await open(path, 'a')).close());
  return new FileJournal(path, lock);
}

/** Throws StorageError for a folder, a device or a pipe, which may never end. */
export async function requireFileOrNothing(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory() ? 'a folder' : 'a device or a pipe';
  throw new StorageError(`a journal must be a file, and ${path} is ${what}; name another`);
}

type File = Awaited<ReturnType<typeof open>>;

/** Where the last whole line ends. */
async function endOfLines(file: File): Promise<number> {
  let { size: end } = await file.stat();
  const block = Buffer.alloc(4096);
  while (end > 0) {
    const begin = Math.max(0, end - block.length);
    const { bytesRead } = await file.read(block, 0, end - begin, begin);
    const newLine = block.subarray(0, bytesRead).lastIndexOf(NEW_LINE);
    if (newLine >= 0) return begin + newLine + 1;
    end = begin;
  }
  return 0;
}

async function writeAll(file: File, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
