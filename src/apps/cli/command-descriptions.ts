// What each command does, in a line: for `moodlens --help` and at the head of the command's own help.
import { Command } from 'commander';

export const commandDescriptions = {
  collect: 'gather checked face pictures of one person from a camera, video or pictures',
  people: 'learn people from their pictures; recognise, evaluate, review and forget them',
  data: 'import datasets of expressions, show what they hold, find their faults, and divide them',
  train: 'train an expression model on a dataset',
  tune: 'search for the configuration that trains best',
  study: 'list, show, copy and draw the studies of a journal, also those of Optuna',
  runs: 'list training runs, and compare them with a table and curves',
  ensemble: 'merge models into one .onnx that gives the mean of their probabilities',
  evaluate: 'evaluate a model on a split: accuracy with its interval, calibration, confusion matrix',
  calibrate: "fit a model's temperature, so that its confidence agrees with its accuracy",
  quantise: 'make the int8 form of a model, and evaluate both on the same pictures',
  export: "make one .onnx of a run, verified against the trainer's outputs, with its card",
  bench: 'measure the latency, throughput and memory of models, and the speed of training, on this machine',
  detector: 'train a face detector on pictures with annotated faces, and evaluate it',
  teach: "learn one person's expressions from a few pictures of each",
  predict: 'recognise the expression of every face in pictures',
  detect: 'find the faces in pictures',
  analyze: 'find faces, names and expressions in photographs, or run the live pipeline over a video or stream',
  record: 'write what a source shows into a video file',
  cameras: 'list the cameras of this machine',
  live: 'open the live page: faces, names and expressions from a camera or video',
} as const;

export type CommandName = keyof typeof commandDescriptions;

/** The command of that name with its description; `more` follows it in the command's own help only. */
export function commandOf(name: CommandName, more?: string): Command {
  const description = commandDescriptions[name];
  return new Command(name).description(more === undefined ? description : `${description}; ${more}`);
}
