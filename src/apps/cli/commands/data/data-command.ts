// `moodlens data`: what is done with a dataset before training; each sub-command has a file of its own.
import { Command } from 'commander';
import { defineAudit } from './data-audit-command.js';
import { defineExplore } from './data-explore-command.js';
import { defineImport } from './data-import-command.js';
import { defineSplit } from './data-split-command.js';

/** The command's definition. */
export function define(): Command {
  return new Command('data')
    .description('import datasets, see what they hold and what is wrong with them, and divide them')
    .addCommand(defineImport())
    .addCommand(defineExplore())
    .addCommand(defineAudit())
    .addCommand(defineSplit());
}
