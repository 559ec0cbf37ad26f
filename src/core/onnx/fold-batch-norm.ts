// Folds batch normalisation into the convolution before it: the same function with one operator less (Jacob et al. 2018).
import type { OnnxInitializer, OnnxModel, OnnxNode } from './onnx-model.js';

/**
 * The same model without those BatchNormalization nodes that directly follow a convolution whose output nothing else uses.
 * Kernel, bias and statistics must be float32 initializers; nodes that are otherwise stay as they are.
 */
export function foldBatchNorm(model: OnnxModel): OnnxModel {
  const constants = new Map(model.initializers.map((initializer) => [initializer.name, initializer]));
  const producers = new Map(model.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const folded = new Map<OnnxNode, OnnxNode | undefined>();
  for (const norm of model.nodes) {
    const conv = producers.get(norm.inputs[0] ?? '');
    if (norm.operator !== 'BatchNormalization' || conv?.operator !== 'Conv') continue;
    if (norm.outputs.length > 1 || countUses(model, conv.outputs[0]!) > 1) continue;
    const parts = foldConstants(conv, norm, constants);
    if (parts === undefined) continue;
    for (const part of parts) constants.set(part.name, part);
    const inputs = [conv.inputs[0]!, ...parts.map(({ name }) => name)];
    folded.set(conv, { ...conv, inputs, outputs: norm.outputs });
    folded.set(norm, undefined);
  }
  const nodes = model.nodes.flatMap((node) => (folded.has(node) ? (folded.get(node) ?? []) : node));
  const used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...model.outputs.map(({ name }) => name)]);
  return { ...model, nodes, initializers: [...constants.values()].filter(({ name }) => used.has(name)) };
}

function countUses({ nodes, outputs }: OnnxModel, value: string): number {
  const uses = nodes.reduce((sum, { inputs }) => sum + inputs.filter((name) => name === value).length, 0);
  return uses + outputs.filter(({ name }) => name === value).length;
}

/** Kernel and bias of the convolution with the normalisation in them; undefined when they are not constants of float32. */
function foldConstants(
  conv: OnnxNode,
  norm: OnnxNode,
  constants: ReadonlyMap<string, OnnxInitializer>,
): [kernel: OnnxInitializer, bias: OnnxInitializer] | undefined {
  const floats = (name: string | undefined): Float32Array | undefined => {
    const data = constants.get(name ?? '')?.data;
    return data instanceof Float32Array ? data : undefined;
  };
  const [kernel, ...statistics] = [conv.inputs[1], ...norm.inputs.slice(1)].map(floats);
  const [scale, shift, mean, variance] = statistics;
  const ownBias = conv.inputs[2] === undefined ? new Float32Array(scale?.length ?? 0) : floats(conv.inputs[2]);
  if (!kernel || !scale || !shift || !mean || !variance || !ownBias) return undefined;
  const attribute = norm.attributes['epsilon'];
  const epsilon = attribute !== undefined && 'float' in attribute ? attribute.float : 1e-5;
  const factors = Float64Array.from(scale, (s, c) => s / Math.sqrt(variance[c]! + epsilon));
  const perFilter = kernel.length / scale.length;
  const { dims } = constants.get(conv.inputs[1]!)!;
  const name = norm.outputs[0]!;
  return [
    {
      ...{ name: `${name}/kernel`, dims, type: 'float32' },
      data: kernel.map((w, i) => w * factors[Math.floor(i / perFilter)]!),
    },
    {
      ...{ name: `${name}/bias`, dims: [scale.length], type: 'float32' },
      data: ownBias.map((b, c) => (b - mean[c]!) * factors[c]! + shift[c]!),
    },
  ];
}
