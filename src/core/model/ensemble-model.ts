// An ensemble as one model file: the members' probabilities averaged (Hansen & Salamon 1990), their embeddings side by side.
import { ConfigError } from '../errors.js';
import { modelNames } from '../nn/graphs/inference-graph.js';
import { metadataKey } from '../onnx/metadata-key.js';
import { type OnnxModel, type OnnxNode, opsetVersion } from '../onnx/onnx-model.js';
import { prefixNames } from '../onnx/prefix-names.js';
import { writeModel } from '../onnx/write-model.js';
import type { ModelMetadata } from './model-metadata.js';
import type { ExpressionModelFile } from './read-expression-model.js';

/** What the metadata of an ensemble names as its architecture. */
export const ensembleArchitecture = 'ensemble';

export interface EnsembleMember extends ExpressionModelFile {
  /** What messages call it. */
  readonly name: string;
}

/**
 * The file of a model that gives the mean of the members' probabilities, and an embedding `[batch, sum of theirs]`. `run` is the
 * name it carries. Throws ConfigError when there are fewer than two members, when they disagree on labels, their order or the
 * input size, or when one is an ensemble itself (its own members would then count less than the others).
 */
export function buildEnsemble(members: readonly EnsembleMember[], run: string): Uint8Array<ArrayBuffer> {
  requireAgreement(members);
  const graphs = members.map(({ graph }, i) => prefixNames(graph, `member${i + 1}/`, [modelNames.image]));
  const metadata = describeEnsemble(members, run);
  const { probabilities, embedding } = modelNames;
  const of = (output: string): string[] => graphs.map((_, i) => `member${i + 1}/${output}`);
  const node = (operator: string, output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => ({
    ...{ name: output, operator, inputs: of(output), outputs: [output] },
    attributes,
  });
  const file: OnnxModel = {
    name: ensembleArchitecture,
    opset: opsetVersion,
    producer: 'moodlens',
    metadata: new Map([[metadataKey, JSON.stringify(metadata)]]),
    inputs: graphs[0]!.inputs,
    outputs: [
      { name: probabilities, type: 'float32', dims: ['batch', metadata.labels.length] },
      { name: embedding, type: 'float32', dims: ['batch', metadata.embedding] },
    ],
    nodes: [
      ...graphs.flatMap(({ nodes }) => nodes),
      node('Mean', probabilities),
      node('Concat', embedding, { axis: { int: 1 } }),
    ],
    initializers: graphs.flatMap(({ initializers }) => initializers),
  };
  return writeModel(file);
}

function requireAgreement(members: readonly EnsembleMember[]): void {
  const [first, ...others] = members;
  if (first === undefined || others.length === 0) {
    throw new ConfigError(`an ensemble needs two or more models, and ${members.length} is given`);
  }
  for (const { name, graph, metadata } of members) {
    if (metadata.members !== undefined) {
      throw new ConfigError(
        `the members of an ensemble must be single models, and ${name} is an ensemble of ${metadata.members.map((member) => member.run).join(', ')}; name those instead`,
      );
    }
    if (graph.opset !== opsetVersion) {
      throw new ConfigError(
        `the members of an ensemble must use operator set ${opsetVersion}, and ${name} uses ${graph.opset}; export it again`,
      );
    }
  }
  const facts = {
    'the same classes in the same order': ({ labels }: ModelMetadata) => labels.join(', '),
    'the same input size': ({ input }: ModelMetadata) => `${input.width} x ${input.height}`,
  };
  for (const [what, factOf] of Object.entries(facts)) {
    const expected = factOf(first.metadata);
    const odd = others.find(({ metadata }) => factOf(metadata) !== expected);
    if (odd !== undefined) {
      throw new ConfigError(
        `the members of an ensemble must have ${what}; ${first.name} has ${expected}, and ${odd.name} has ${factOf(odd.metadata)}; leave one of them out`,
      );
    }
  }
}

function describeEnsemble(members: readonly EnsembleMember[], run: string): ModelMetadata {
  const each = members.map(({ metadata }) => metadata);
  const sum = (key: 'parameters' | 'multiplyAdds' | 'embedding'): number =>
    each.reduce((total, metadata) => total + metadata[key], 0);
  const different = (key: 'split' | 'targets' | 'dataset' | 'licence'): string =>
    [...new Set(each.flatMap((metadata) => metadata[key] ?? []))].join('; ');
  const { labels, input, splitFile } = each[0]!;
  const isOfOneFile = splitFile !== undefined && each.every((metadata) => metadata.splitFile === splitFile);
  return {
    format: 1,
    architecture: ensembleArchitecture,
    labels,
    input,
    embedding: sum('embedding'),
    parameters: sum('parameters'),
    multiplyAdds: sum('multiplyAdds'),
    split: different('split'),
    ...(isOfOneFile ? { splitFile } : {}),
    targets: different('targets') || undefined,
    // The mean has figures of its own only once it is evaluated.
    metrics: {},
    dataset: different('dataset'),
    run,
    licence: different('licence'),
    members: each.map(({ run: name, architecture, metrics, teacher, pretrained, int8 }) => ({
      ...{ run: name, architecture, metrics, teacher, pretrained, int8 },
    })),
  };
}
