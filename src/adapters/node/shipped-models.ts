// The models that come with the package, found beside the code wherever it is installed.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModelFormatError } from '../../core/errors.js';

export type ShippedModelName =
  | 'expression.onnx'
  | 'expression.int8.onnx'
  | 'face-detector.onnx'
  | 'face-embedding.onnx'
  | 'face-full-range.onnx'
  | 'face-short-range.onnx'
  | 'haarcascade_frontalface_default.xml';

/** Not in the repository: the build makes them. */
const converted: readonly ShippedModelName[] = ['face-embedding.onnx', 'face-full-range.onnx', 'face-short-range.onnx'];

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
    const next = converted.includes(name)
      ? 'run `npm run build` in a checkout (it converts these networks), or install moodlens again'
      : `install moodlens again, or name your own model with ${name.startsWith('expression') ? '--model' : '--detector'}`;
    throw new ModelFormatError(`the shipped model ${name} must be readable, but ${path} is not there; ${next}`, {
      cause,
    });
  }
}
