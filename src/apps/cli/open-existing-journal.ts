// The journal of a command that reads studies.
import { access } from 'node:fs/promises';
import { openJournal } from '../../adapters/node/open-journal.js';
import { ConfigError } from '../../core/errors.js';
import type { Journal } from '../../core/ports/journal.js';

/** Throws ConfigError for a file that is not there: it is not made. */
export async function openExistingJournal(place: string): Promise<Journal> {
  if (!/^rediss?:/.test(place)) {
    await access(place).catch(() => {
      throw new ConfigError(`the journal ${place} is not there; 'moodlens tune --storage ${place}' makes it`);
    });
  }
  return openJournal(place);
}
