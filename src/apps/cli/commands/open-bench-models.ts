// The expression models that a measurement takes: those named, or the shipped one in both forms.
import { basename, resolve } from 'node:path';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { readExpressionModel } from '../../../core/model/read-expression-model.js';
import type { BenchModel } from '../../../pipeline/bench/bench-inference.js';
import { namingModelFile, readModelFile } from '../arguments/model.js';

/** Throws ConfigError when a file cannot be read, ModelFormatError naming it when it is no moodlens model. */
export async function openBenchModels(paths: readonly string[] | undefined): Promise<BenchModel[]> {
  const shipped = [shippedModelPath('expression.onnx'), shippedModelPath('expression.int8.onnx')];
  const files = [...new Set(paths ?? shipped)];
  const models = await Promise.all(files.map(openBenchModel));
  // Files of one name in several folders are named by their whole paths.
  const isTwin = (name: string) => models.filter((other) => other.name === name).length > 1;
  return models.map((model, i) => (isTwin(model.name) ? { ...model, name: files[i]! } : model));
}

async function openBenchModel(path: string): Promise<BenchModel> {
  const bytes = await readModelFile(path, '--model must name .onnx files');
  return namingModelFile(path, () => {
    const { parameters, multiplyAdds, int8 } = readExpressionModel(bytes).metadata;
    const form = int8 === undefined ? 'float32' : 'int8';
    const name = basename(path, '.onnx');
    return { name, source: { file: resolve(path) }, form, bytes: bytes.length, parameters, multiplyAdds };
  });
}
