// `--model` and `--threads`: the expression model of a command, a file or the shipped one.
import { Option } from 'commander';
import { mostBytes, readWholeFile } from '../../../adapters/node/read-whole-file.js';
import { openSession } from '../../../adapters/node/session.js';
import { shippedModel } from '../../../adapters/node/shipped-models.js';
import { Sha256 } from '../../../core/bytes/sha256.js';
import { ConfigError, ModelFormatError } from '../../../core/errors.js';
import { ExpressionModel, type ExpressionModelOptions } from '../../../core/model/expression-model.js';
import { defaultThreads } from '../../../core/ports/session.js';

export function modelOption(): Option {
  return new Option('--model <file>', 'expression model (.onnx) instead of the shipped one');
}

/** For commands whose stage has no such key; `parseThreads` reads it. */
export function threadsOption(): Option {
  return new Option('--threads <n>', `threads of ONNX Runtime (default: ${defaultThreads})`);
}

/** The number of a `--threads` option, 1..64; the default when it is not given. Throws ConfigError. */
export function parseThreads(text: string | undefined): number {
  const threads = text === undefined ? defaultThreads : Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw new ConfigError(`--threads must be a whole number from 1 to 64 and is '${text}'`);
}

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

/** `need` opens the message: what needs a model, or must name one. Throws ConfigError when the file cannot be read. */
export async function readModelFile(path: string, need: string): Promise<Uint8Array> {
  try {
    return await readWholeFile(path, mostBytes.model);
  } catch (cause) {
    throw new ConfigError(`${need} that can be read, and ${path} cannot: ${(cause as Error).message}; check the path`, {
      cause,
    });
  }
}

/** The result of `use`, which works on the model file at `path`; its ModelFormatErrors name the file. */
export async function namingModelFile<T>(path: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    throw new ModelFormatError(`${path}: ${error.message}`, { cause: error });
  }
}

/** The SHA-256 of a model's file, in hexadecimal: figures name the file by it. */
export async function hashModelFile(path: string): Promise<string> {
  return new Sha256().update(await readWholeFile(path, mostBytes.model)).hex();
}
