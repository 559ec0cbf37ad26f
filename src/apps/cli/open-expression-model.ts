// Opens the expression model that a command's options name: a file, or the shipped one.
import { openSession } from '../../adapters/node/session.js';
import { shippedModel } from '../../adapters/node/shipped-models.js';
import { ConfigError, ModelFormatError } from '../../core/errors.js';
import { ExpressionModel, type ExpressionModelOptions } from '../../core/nn/expression-model.js';
import { readModelFile } from './read-model-file.js';

/** The model in `path`, or the shipped one. Throws ModelFormatError naming the file when it is not a moodlens model. */
export async function openExpressionModel(
  path: string | undefined,
  options: ExpressionModelOptions = {},
): Promise<ExpressionModel> {
  const bytes =
    path === undefined
      ? await shippedModel('expression.onnx')
      : await readModelFile(path, '--model must name an .onnx file');
  try {
    return await ExpressionModel.open(bytes, openSession, options);
  } catch (error) {
    if (path === undefined || !(error instanceof ModelFormatError)) throw error;
    throw new ModelFormatError(`${path}: ${error.message}`, { cause: error });
  }
}

/** The number of a `--threads` option, 1..64; 1 when it is not given. Throws ConfigError. */
export function parseThreads(text: string | undefined): number {
  const threads = text === undefined ? 1 : Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw new ConfigError(`--threads must be a whole number from 1 to 64 and is '${text}'`);
}
