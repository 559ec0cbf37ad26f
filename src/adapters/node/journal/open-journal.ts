// Where studies are kept, by its name.
import type { Journal } from '../../../core/ports/journal.js';

export interface OpenJournalOptions {
  /** Before each key in Redis; none when not given, as Optuna's. */
  readonly prefix?: string;
}

/**
 * A file, which is made where there is none, or Redis (redis://host:port/database, rediss:// with TLS). Both are Optuna's own
 * journals. Throws StorageError or StudyError when it cannot be opened.
 */
export async function openJournal(pathOrRedisUrl: string, options: OpenJournalOptions = {}): Promise<Journal> {
  // Loaded when needed: neither should cost the other's start.
  if (/^rediss?:\/\//.test(pathOrRedisUrl)) {
    const { RedisJournal } = await import('./redis-journal.js');
    return RedisJournal.open(pathOrRedisUrl, options);
  }
  const { createFileJournal } = await import('./file-journal.js');
  return createFileJournal(pathOrRedisUrl);
}
