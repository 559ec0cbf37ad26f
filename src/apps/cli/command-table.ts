// The table of commands. Each file is loaded only when its command is called, so that `--help` is quick.
import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  /** One line for `moodlens --help`; the command's own help says more. */
  readonly description: string;
  readonly load: () => Promise<{ define(): Command }>;
}

/** In the order of the pipeline. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'collect',
    description: 'gather checked face pictures of one person from a camera, video or pictures',
    load: () => import('./commands/collect-command.js'),
  },
  {
    name: 'people',
    description: 'train, test and use the recogniser that tells people apart',
    load: () => import('./commands/people/people-command.js'),
  },
  {
    name: 'data',
    description: 'import a dataset of expressions (FER2013, or a folder per class), and explore it',
    load: () => import('./commands/data/data-command.js'),
  },
  {
    name: 'train',
    description: 'train an expression model on a dataset',
    load: () => import('./commands/train/train-command.js'),
  },
  {
    name: 'tune',
    description: 'search for the configuration that trains best',
    load: () => import('./commands/tune-command.js'),
  },
  {
    name: 'study',
    description: 'list, show, copy and draw searches, also those of Optuna',
    load: () => import('./commands/study-command.js'),
  },
  {
    name: 'runs',
    description: 'list training runs, and compare them with a table and curves',
    load: () => import('./commands/runs-command.js'),
  },
  {
    name: 'ensemble',
    description: 'merge trained models into one that gives the mean of their probabilities',
    load: () => import('./commands/ensemble-command.js'),
  },
  {
    name: 'evaluate',
    description: 'measure a model on a split, with intervals and a confusion matrix',
    load: () => import('./commands/evaluate/evaluate-command.js'),
  },
  {
    name: 'calibrate',
    description: "fit a model's temperature, so that its probabilities can be believed",
    load: () => import('./commands/calibrate-command.js'),
  },
  {
    name: 'quantise',
    description: 'make the int8 form of a model, and measure it beside the model',
    load: () => import('./commands/quantise-command.js'),
  },
  {
    name: 'export',
    description: "make one .onnx of a run, verified against the trainer's outputs, with its card",
    load: () => import('./commands/export-command.js'),
  },
  {
    name: 'bench',
    description: 'measure how fast models answer and how fast training goes on this machine',
    load: () => import('./commands/bench-command.js'),
  },
  {
    name: 'detector',
    description: 'train a face detector on annotated pictures, and measure it',
    load: () => import('./commands/detector/detector-command.js'),
  },
  {
    name: 'teach',
    description: "teach one person's expressions by a few pictures of each",
    load: () => import('./commands/teach/teach-command.js'),
  },
  {
    name: 'predict',
    description: 'tell the expression of every face in photographs',
    load: () => import('./commands/predict-command.js'),
  },
  {
    name: 'detect',
    description: 'find the faces in pictures',
    load: () => import('./commands/detect-command.js'),
  },
  {
    name: 'analyze',
    description: 'run the live pipeline over a video or stream and write what it finds',
    load: () => import('./commands/analyze-command.js'),
  },
  {
    name: 'record',
    description: 'write what a camera or stream shows into a video file',
    load: () => import('./commands/record-command.js'),
  },
  {
    name: 'cameras',
    description: 'list the cameras of this machine',
    load: () => import('./commands/cameras-command.js'),
  },
  {
    name: 'live',
    description: 'open the live page: faces, names and expressions from a camera or video',
    load: () => import('./commands/live-command.js'),
  },
];
