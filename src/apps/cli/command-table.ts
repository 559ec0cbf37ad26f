// The table of commands. Each file is loaded only when its command is called, so that `--help` is quick.
import type { Command } from 'commander';
import { type CommandName, commandDescriptions } from './command-descriptions.js';

export interface CommandEntry {
  readonly name: CommandName;
  readonly description: string;
  readonly load: () => Promise<{ define(): Command }>;
}

/** In the order of the pipeline. */
const loaders: Readonly<Record<CommandName, CommandEntry['load']>> = {
  collect: () => import('./commands/collect-command.js'),
  people: () => import('./commands/people/people-command.js'),
  data: () => import('./commands/data/data-command.js'),
  train: () => import('./commands/train/train-command.js'),
  tune: () => import('./commands/tune-command.js'),
  study: () => import('./commands/study-command.js'),
  runs: () => import('./commands/runs-command.js'),
  ensemble: () => import('./commands/ensemble-command.js'),
  evaluate: () => import('./commands/evaluate/evaluate-command.js'),
  calibrate: () => import('./commands/calibrate-command.js'),
  quantise: () => import('./commands/quantise-command.js'),
  export: () => import('./commands/export-command.js'),
  bench: () => import('./commands/bench-command.js'),
  detector: () => import('./commands/detector/detector-command.js'),
  teach: () => import('./commands/teach/teach-command.js'),
  predict: () => import('./commands/predict-command.js'),
  detect: () => import('./commands/detect-command.js'),
  analyze: () => import('./commands/analyze-command.js'),
  record: () => import('./commands/record-command.js'),
  cameras: () => import('./commands/cameras-command.js'),
  live: () => import('./commands/live-command.js'),
};

export const commands: readonly CommandEntry[] = Object.entries(loaders).map(([name, load]) => ({
  name: name as CommandName,
  description: commandDescriptions[name as CommandName],
  load,
}));
