// `moodlens detector`: training a face detector of one's own; each sub-command has a file of its own.
import type { Command } from 'commander';
import { commandOf } from '../../command-descriptions.js';
import { defineEvaluate } from './detector-evaluate-command.js';
import { defineExport } from './detector-export-command.js';
import { defineImport } from './detector-import-command.js';
import { defineTrain } from './detector-train-command.js';

/** The command's definition. */
export function define(): Command {
  return commandOf('detector')
    .addCommand(defineImport())
    .addCommand(defineTrain())
    .addCommand(defineExport())
    .addCommand(defineEvaluate());
}
