// `moodlens data`: what is done with a dataset before training; each sub-command has a file of its own.
import { Command } from 'commander';
import { defineImport } from './data-import-command.js';
import { defineSplit } from './data-split-command.js';

/** The command's definition. */
export function define(): Command {
  return new Command('data')
    .description('import and divide datasets')
    .addCommand(defineImport())
    .addCommand(defineSplit());
}
