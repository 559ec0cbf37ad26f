// `moodlens data`: what is done with a dataset before training; each sub-command has a file of its own.
import type { Command } from 'commander';
import { commandOf } from '../../command-descriptions.js';
import { defineAudit } from './data-audit-command.js';
import { defineExplore } from './data-explore-command.js';
import { defineImport } from './data-import-command.js';
import { defineSplit } from './data-split-command.js';

/** The command's definition. */
export function define(): Command {
  return commandOf('data')
    .addCommand(defineImport())
    .addCommand(defineExplore())
    .addCommand(defineAudit())
    .addCommand(defineSplit());
}
