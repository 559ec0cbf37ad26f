// Opens the expression model that a command's options name: a file, or the shipped one.
import { openSession } from '../../../adapters/node/session.js';
import { shippedModel } from '../../../adapters/node/shipped-models.js';
import { ConfigError } from '../../../core/errors.js';
import { ExpressionModel, type ExpressionModelOptions } from '../../../core/model/expression-model.js';
import { namingModelFile, readModelFile } from './model-file.js';

/** The model in `path`, or the shipped one. Throws ModelFormatError naming the file when it is not a moodlens model. */
export async function openExpressionModel(
  path: string | undefined,
  options: ExpressionModelOptions = {},
): Promise<ExpressionModel> {
  const open = (bytes: Uint8Array) => ExpressionModel.open(bytes, openSession, options);
  if (path === undefined) return open(await shippedModel('expression.onnx'));
  const bytes = await readModelFile(path, '--model must name an .onnx file');
  return namingModelFile(path, () => open(bytes));
}

/** The number of a `--threads` option, 1..64; 1 when it is not given. Throws ConfigError. */
export function parseThreads(text: string | undefined): number {
  const threads = text === undefined ? 1 : Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw new ConfigError(`--threads must be a whole number from 1 to 64 and is '${text}'`);
}
