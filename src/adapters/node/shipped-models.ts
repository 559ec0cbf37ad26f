// The models that come with the package, found beside the code wherever it is installed.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModelFormatError } from '../../core/errors.js';

export type ShippedModelName =
  | 'expression.onnx'
  | 'expression.int8.onnx'
  | 'face-full-range.onnx'
  | 'face-short-range.onnx'
  | 'haarcascade_frontalface_default.xml';

/** The path of a shipped model; src/ and dist/ stand at the same depth below the package's folder. */
export function shippedModelPath(name: ShippedModelName): string {
  return fileURLToPath(new URL(`../../../models/${name}`, import.meta.url));
}

/** The bytes of a shipped model. Throws ModelFormatError when the file is missing or cannot be read. */
export async function shippedModel(name: ShippedModelName): Promise<Uint8Array> {
  const path = shippedModelPath(name);
  try {
    return await readFile(path);
  } catch (cause) {
    const next = name.startsWith('expression')
      ? 'install moodlens again, or name your own model with --model'
      : 'run `npm run build` in a checkout (it converts the detectors), or install moodlens again';
    throw new ModelFormatError(`the shipped model ${name} must be readable, but ${path} is not there; ${next}`, {
      cause,
    });
  }
}
