// The .onnx of a trained run: its weights, preprocessing inside, batch normalisation folded into the convolutions.

import { buildModel } from '../../core/model/build-model.js';
import { buildEnsemble, type EnsembleMember } from '../../core/model/ensemble-model.js';
import { type ModelMetadata, withMetadata } from '../../core/model/model-metadata.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { foldBatchNorm } from '../../core/onnx/fold-batch-norm.js';
import type { OnnxModel } from '../../core/onnx/onnx-model.js';
import { writeModel } from '../../core/onnx/write-model.js';
import { modelWeights } from '../../core/training/engine.js';
import { describeModel } from '../train/write-model.js';
import type { TrainedNetwork, TrainedRun } from './read-trained-run.js';

/** The number of batch normalisations folded into a convolution, and of those that remain operators. */
export interface FoldCount {
  readonly folded: number;
  readonly left: number;
}

export interface BuiltExport {
  /** Has no figures in its metadata, because none are measured yet. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly batchNorms: FoldCount;
}

export function buildExport({ name, networks }: TrainedRun, labels: readonly string[]): BuiltExport {
  const members = networks.map((network) => foldedMember(network, labels));
  const sum = (count: keyof FoldCount): number => members.reduce((total, { norms }) => total + norms[count], 0);
  const [first, ...others] = members;
  const model = others.length === 0 ? writeModel(first!.graph) : buildEnsemble(members, name);
  return { model, batchNorms: { folded: sum('folded'), left: sum('left') } };
}

/** The same file with figures in its metadata. */
export function withMetrics(model: Uint8Array, metrics: ModelMetadata['metrics']): Uint8Array<ArrayBuffer> {
  const { graph, metadata } = readExpressionModel(model);
  return writeModel(withMetadata(graph, { ...metadata, metrics }));
}

function foldedMember(
  { config, facts, architecture, checkpoint }: TrainedNetwork,
  labels: readonly string[],
): EnsembleMember & { readonly norms: FoldCount } {
  const described = describeModel(architecture, { config, facts, labels, metrics: {} });
  const file = readExpressionModel(buildModel(architecture, modelWeights(checkpoint.engine), described));
  const graph = foldBatchNorm(file.graph);
  const left = countBatchNorms(graph);
  return {
    name: facts.name,
    metadata: file.metadata,
    graph,
    norms: { folded: countBatchNorms(file.graph) - left, left },
  };
}

function countBatchNorms({ nodes }: OnnxModel): number {
  return nodes.filter(({ operator }) => operator === 'BatchNormalization').length;
}
