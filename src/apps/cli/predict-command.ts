// `moodlens predict`: the expression of pictures that show one face each, already cropped.
import { Command } from 'commander';
import { decodePicture } from '../../adapters/node/image-codec.js';
import { MediaError } from '../../core/errors.js';
import { toGrey } from '../../core/image/grey.js';
import type { ExpressionModel, ExpressionPrediction } from '../../core/nn/expression-model.js';
import { openExpressionModel, parseThreads } from './open-expression-model.js';
import { personalModel } from './open-personal-model.js';

interface PredictOptions {
  readonly model?: string;
  readonly personal?: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('predict')
    .description('the expression of face pictures, already cropped; a line each')
    .argument('<image...>', 'picture files')
    .option('--model <file>', 'expression model (.onnx) instead of the shipped one')
    .option('--personal <file>', "read one person's face as 'moodlens teach' learnt it")
    .option('--threads <n>', 'threads of ONNX Runtime (default: 1)')
    .option('--json', 'print {"file","expression","probabilities"} per picture')
    .action(predict);
}

async function predict(files: readonly string[], options: PredictOptions): Promise<void> {
  const model = await openExpressionModel(options.model, { threads: parseThreads(options.threads) });
  const failures: string[] = [];
  try {
    const asked = options.personal === undefined ? model : await personalModel(model, options.personal, options.model);
    for (const file of files) {
      try {
        const [prediction] = await asked.predict([toGrey(await decodePicture(file))]);
        process.stdout.write(`${describe(file, model, prediction!, options.json === true)}\n`);
      } catch (error) {
        if (!(error instanceof MediaError)) throw error;
        failures.push(error.message);
      }
    }
  } finally {
    await model.release();
  }
  if (failures.length > 0) {
    throw new MediaError(
      `${failures.length} of ${files.length} pictures could not be read:\n  ${failures.join('\n  ')}`,
    );
  }
}

function describe(
  file: string,
  model: ExpressionModel,
  { label, probabilities }: ExpressionPrediction,
  json: boolean,
): string {
  const { labels } = model.metadata;
  const expression = labels[label]!;
  if (json) {
    const byLabel = Object.fromEntries(labels.map((name, i) => [name, probabilities[i]!]));
    return JSON.stringify({ file, expression, probabilities: byLabel });
  }
  const ordered = labels
    .map((name, i) => ({ name, probability: probabilities[i]! }))
    .sort((a, b) => b.probability - a.probability);
  const percents = ordered.slice(0, 3).map(({ name, probability }) => `${name} ${(100 * probability).toFixed(0)} %`);
  return `${file}: ${percents.join(', ')}`;
}
