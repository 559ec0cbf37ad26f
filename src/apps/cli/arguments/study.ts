// `--storage`: the journal of studies.
import { access } from 'node:fs/promises';
import { Option } from 'commander';
import { openJournal } from '../../../adapters/node/journal/open-journal.js';
import { ConfigError } from '../../../core/errors.js';
import type { Journal } from '../../../core/ports/journal.js';

/** `what` is stored there: "the journal". */
export function storageOption(what: string): Option {
  return new Option('--storage <place>', `${what}: a file, or redis://host:port`);
}

/** Throws ConfigError for a file that is not there: it is not made, nor written, so that everybody who may read it can. */
export async function openExistingJournal(place: string): Promise<Journal> {
  if (/^rediss?:/.test(place)) return openJournal(place);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) {
    throw new ConfigError(
      `a journal is a file or redis://host:port, found ${place}; Optuna copies other storages into one`,
    );
  }
  await access(place).catch(() => {
    throw new ConfigError(`the journal ${place} is not there; 'moodlens tune --storage ${place}' makes it`);
  });
  return openFileJournal(place);
}

async function openFileJournal(place: string): Promise<Journal> {
  const { FileJournal, requireFileOrNothing } = await import('../../../adapters/node/journal/file-journal.js');
  await requireFileOrNothing(place);
  return new FileJournal(place);
}
