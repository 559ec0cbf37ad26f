// What the cards of all trained models tell of their training: program, optimiser, history and configuration.
import { plain } from '../../report/markdown.js';
import type { TrainConfig } from '../config.js';
import type { RunProgram } from '../run-folder.js';

/** With what a run was trained, in a phrase. */
export function programText({ moodlens, revision, node, onnxruntime, device }: RunProgram): string {
  const code = revision === null || revision === undefined ? '' : ` (commit ${plain(revision)})`;
  return `moodlens ${plain(moodlens)}${code} with ${plain(onnxruntime)}, Node ${plain(node)}, device ${plain(device)}`;
}

type OptimiserConfig = Pick<TrainConfig, 'optimiser' | 'schedule' | 'average' | 'weightDecay' | 'clipNorm'>;

/** Optimiser, rate and what acts on the weights, separated by commas. */
export function optimiserText({ optimiser, schedule, average, weightDecay, clipNorm }: OptimiserConfig): string {
  const name =
    optimiser.name === 'adam'
      ? 'Adam'
      : `SGD with ${optimiser.nesterov ? 'Nesterov ' : ''}momentum ${optimiser.momentum}`;
  return [
    name,
    rateText(schedule),
    ...(average === null ? [] : [`a moving average of the weights (decay ${average.decay})`]),
    ...(weightDecay > 0 ? [`weight decay ${weightDecay}`] : []),
    ...(clipNorm === null ? [] : [`gradient norm at most ${clipNorm}`]),
  ].join(', ');
}

function rateText(schedule: TrainConfig['schedule']): string {
  if (schedule.name === 'constant') return `a constant rate of ${schedule.rate}`;
  if (schedule.name === 'inverse-time') return `a rate of ${schedule.rate} / (1 + ${schedule.decay} * step)`;
  return `${schedule.name === 'cosine' ? 'a cosine schedule' : 'one cycle'} with the highest rate ${schedule.rate}`;
}

/** At most ten epochs, the first and the last among them. */
export function tenEpochs<T>(history: readonly T[]): T[] {
  const rows = Math.min(10, history.length);
  return Array.from(
    { length: rows },
    (_, k) => history[rows === 1 ? 0 : Math.round((k * (history.length - 1)) / (rows - 1))]!,
  );
}

/** A configuration as Markdown, for `command --config`. */
export function configurationText(config: object, command: string): string {
  return `The configuration, as \`${command} --config\` takes it:\n\n\`\`\`json\n${JSON.stringify(withoutPaths(config), null, 2)}\n\`\`\``;
}

/** Reduces a configuration's paths to their last part: a card is published, and paths may be private. */
function withoutPaths(config: unknown): unknown {
  if (typeof config === 'string') return config.split(/[\\/]/).at(-1);
  if (Array.isArray(config)) return config.map(withoutPaths);
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, withoutPaths(value)]));
}
