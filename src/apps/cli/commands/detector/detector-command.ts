// `moodlens detector`: training a face detector of one's own; each sub-command has a file of its own.
import { Command } from 'commander';
import { defineEvaluate } from './detector-evaluate-command.js';
import { defineExport } from './detector-export-command.js';
import { defineImport } from './detector-import-command.js';
import { defineTrain } from './detector-train-command.js';

/** The command's definition. */
export function define(): Command {
  return new Command('detector')
    .description('train a face detector on pictures with annotated faces, and measure it')
    .addCommand(defineImport())
    .addCommand(defineTrain())
    .addCommand(defineExport())
    .addCommand(defineEvaluate());
}
