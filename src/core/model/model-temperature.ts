// A model file with a temperature inside: logits / T before its softmax, so that every program that runs it gets the probabilities.
import { ModelFormatError } from '../errors.js';
import { smallestProbability } from '../metrics/temperature.js';
import { modelNames } from '../nn/graphs/inference-graph.js';
import type { OnnxInitializer, OnnxModel, OnnxNode } from '../onnx/onnx-model.js';
import { writeModel } from '../onnx/write-model.js';
import { type ModelTemperature, withMetadata } from './model-metadata.js';
import { type ExpressionModelFile, readExpressionModel } from './read-expression-model.js';

/** The constant that holds T. */
const constantName = 'temperature';
const scaledLogits = 'temperature/logits';

/**
 * The bytes of the same model whose probabilities are those at the temperature; `fitted.value` counts from the probabilities
 * that `file` gives, so that a model which has a temperature gets the product of both. An ensemble has no logits of its own: the
 * logarithms of its mean take their place. Throws ModelFormatError when moodlens did not write the file, or it does not end in a softmax.
 */
export function addTemperature(file: Uint8Array, fitted: ModelTemperature): Uint8Array<ArrayBuffer> {
  const { graph, metadata } = readExpressionModel(file);
  const before = metadata.temperature?.value ?? 1;
  const temperature: ModelTemperature = { ...fitted, value: before * fitted.value };
  const scaled =
    metadata.temperature === undefined
      ? insertTemperature({ graph, metadata }, temperature.value)
      : replaceTemperature(graph, temperature.value);
  return writeModel(withMetadata(scaled, { ...metadata, temperature }));
}

function constant(name: string, value: number): OnnxInitializer {
  return { name, dims: [], type: 'float32', data: new Float32Array([value]) };
}

function replaceTemperature(graph: OnnxModel, value: number): OnnxModel {
  if (!graph.initializers.some(({ name }) => name === constantName)) {
    throw new ModelFormatError(
      `the model's metadata names a temperature, and its graph must hold it as '${constantName}' and does not; take the model as it was trained`,
    );
  }
  const initializers = graph.initializers.map((one) =>
    one.name === constantName ? constant(constantName, value) : one,
  );
  return { ...graph, initializers };
}

function insertTemperature({ graph, metadata }: ExpressionModelFile, value: number): OnnxModel {
  const softmax = lastSoftmax(graph);
  const initializers = [...graph.initializers, constant(constantName, value)];
  if (softmax !== undefined) {
    const nodes = graph.nodes.flatMap((node) =>
      node === softmax ? [divide(node.inputs[0]!), { ...node, inputs: [scaledLogits] }] : [node],
    );
    return { ...graph, nodes, initializers };
  }
  if (metadata.members === undefined) {
    throw new ModelFormatError(
      'the model must end in a softmax to take a temperature, and this one does not; take the model as it was trained',
    );
  }
  const mean = 'temperature/mean';
  const rename = (name: string) => (name === modelNames.probabilities ? mean : name);
  const node = (operator: string, inputs: string[], output: string): OnnxNode => ({
    ...{ name: output, operator, inputs, outputs: [output], attributes: {} },
  });
  return {
    ...graph,
    nodes: [
      ...graph.nodes.map((one) => ({
        ...{ ...one, name: rename(one.name) },
        ...{ inputs: one.inputs.map(rename), outputs: one.outputs.map(rename) },
      })),
      node('Max', [mean, 'temperature/smallest'], 'temperature/positive'),
      node('Log', ['temperature/positive'], 'temperature/logarithms'),
      divide('temperature/logarithms'),
      { ...node('Softmax', [scaledLogits], modelNames.probabilities), attributes: { axis: { int: 1 } } },
    ],
    initializers: [...initializers, constant('temperature/smallest', smallestProbability)],
  };
}

function divide(logits: string): OnnxNode {
  return {
    name: scaledLogits,
    operator: 'Div',
    inputs: [logits, constantName],
    outputs: [scaledLogits],
    attributes: {},
  };
}

/** The softmax whose output, perhaps under another name, is the model's; undefined when something else makes it. */
function lastSoftmax({ nodes }: OnnxModel): OnnxNode | undefined {
  const maker = (value: string | undefined) => nodes.find(({ outputs }) => outputs[0] === value);
  let node = maker(modelNames.probabilities);
  while (node?.operator === 'Identity') node = maker(node.inputs[0]);
  return node?.operator === 'Softmax' ? node : undefined;
}
