// The table of commands. Each file is loaded only when its command is called, so that `--help` is quick.
import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  /** One line for `moodlens --help`; the command's own help says more. */
  readonly description: string;
  readonly load: () => Promise<{ define(): Command }>;
}

/** In the order of the pipeline. */
export const commands: readonly CommandEntry[] = [];
