// Folds batch normalisation into the layer beside it: the same function with one operator less (Jacob et al. 2018).
import type { OnnxInitializer, OnnxModel, OnnxNode } from './onnx-model.js';

/**
 * The same model without those BatchNormalization nodes that directly follow a convolution, or that directly precede a convolution without
 * padding or a dense layer (Gemm), with a Flatten between allowed; padding would change the border. The value between the two may have
 * no other consumer. Weights, biases and statistics must be float32 initializers; other nodes are unchanged.
 */
export function foldBatchNorm(model: OnnxModel): OnnxModel {
  const norms = model.nodes.filter(
    ({ operator, outputs }) => operator === 'BatchNormalization' && outputs.length === 1,
  );
  const folded = norms.reduce((graph, norm) => foldBackward(graph, norm) ?? foldForward(graph, norm) ?? graph, model);
  const used = new Set([...folded.nodes.flatMap(({ inputs }) => inputs), ...model.outputs.map(({ name }) => name)]);
  return { ...folded, initializers: folded.initializers.filter(({ name }) => used.has(name)) };
}

/** Folds into the convolution before it. Undefined where that is impossible. */
function foldBackward(model: OnnxModel, norm: OnnxNode): OnnxModel | undefined {
  const conv = model.nodes.find(({ outputs }) => outputs[0] === norm.inputs[0]);
  if (conv?.operator !== 'Conv' || countUses(model, conv.outputs[0]!) > 1) return undefined;
  const [affine, layer] = [affineOf(model, norm), weightsOf(model, conv)];
  if (affine === undefined || layer === undefined) return undefined;
  const { factors, shifts } = affine;
  const { dims, weight, bias } = layer;
  if (dims[0] !== factors.length) return undefined;
  const perFilter = weight.length / dims[0]!;
  const after = {
    ...layer,
    weight: weight.map((w, i) => w * factors[Math.floor(i / perFilter)]!),
    bias: bias.map((b, filter) => b * factors[filter]! + shifts[filter]!),
  };
  return replace(model, { norm, layer: conv, as: { ...conv, outputs: norm.outputs } }, after);
}

/** Folds into the convolution or dense layer after it. Undefined where that is impossible. */
function foldForward(model: OnnxModel, norm: OnnxNode): OnnxModel | undefined {
  const user = (value: string) =>
    countUses(model, value) === 1 ? model.nodes.find(({ inputs }) => inputs[0] === value) : undefined;
  const next = user(norm.outputs[0]!);
  const flatten = next?.operator === 'Flatten' && Object.keys(next.attributes).length === 0 ? next : undefined;
  const layer = flatten ? user(flatten.outputs[0]!) : next;
  const affine = affineOf(model, norm);
  const before = layer && weightsOf(model, layer);
  if (layer === undefined || affine === undefined || before === undefined) return undefined;
  const after = flatten ? scaleRows(layer, before, affine) : scaleChannels(layer, before, affine);
  if (after === undefined) return undefined;
  if (flatten === undefined) return replace(model, { norm, layer, as: { ...layer, inputs: [norm.inputs[0]!] } }, after);
  const nodes = model.nodes.map((node) => (node === flatten ? { ...node, inputs: [norm.inputs[0]!] } : node));
  return replace({ ...model, nodes }, { norm, layer, as: layer }, after);
}

/** A normalisation as `factor * x + shift` of each channel. */
interface Affine {
  readonly factors: Float64Array;
  readonly shifts: Float64Array;
}

/** Weights `dims` and bias of a convolution `[filters, channels, height, width]` or a dense layer `[inputs, units]`. */
interface LayerWeights {
  readonly dims: readonly number[];
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Of a convolution of all channels without padding. */
function scaleChannels(conv: OnnxNode, { dims, weight, bias }: LayerWeights, affine: Affine): LayerWeights | undefined {
  const { pads, auto_pad: automatic } = conv.attributes;
  const isPadded =
    automatic !== undefined || (pads !== undefined && 'ints' in pads && pads.ints.some((pad) => pad !== 0));
  const [filters, channels] = [dims[0]!, dims[1]!];
  if (conv.operator !== 'Conv' || isPadded || channels !== affine.factors.length) return undefined;
  const area = weight.length / (filters * channels);
  const shifted = Float64Array.from(bias);
  const scaled = weight.map((w, i) => {
    const channel = Math.floor(i / area) % channels;
    const filter = Math.floor(i / (area * channels));
    shifted[filter] = shifted[filter]! + w * affine.shifts[channel]!;
    return w * affine.factors[channel]!;
  });
  return { dims, weight: scaled, bias: Float32Array.from(shifted) };
}

/** Of a dense layer whose inputs are flattened channels. */
function scaleRows(dense: OnnxNode, { dims, weight, bias }: LayerWeights, affine: Affine): LayerWeights | undefined {
  const [inputs, units] = [dims[0]!, dims[1]!];
  const area = inputs / affine.factors.length;
  if (dense.operator !== 'Gemm' || Object.keys(dense.attributes).length > 0 || !Number.isInteger(area))
    return undefined;
  const shifted = Float64Array.from(bias);
  const scaled = weight.map((w, i) => {
    const channel = Math.floor(i / units / area);
    shifted[i % units] = shifted[i % units]! + w * affine.shifts[channel]!;
    return w * affine.factors[channel]!;
  });
  return { dims, weight: scaled, bias: Float32Array.from(shifted) };
}

function affineOf(model: OnnxModel, norm: OnnxNode): Affine | undefined {
  const [scale, shift, mean, variance] = norm.inputs.slice(1).map((name) => floatsOf(model, name));
  if (!scale || !shift || !mean || !variance) return undefined;
  const attribute = norm.attributes['epsilon'];
  const epsilon = attribute !== undefined && 'float' in attribute ? attribute.float : 1e-5;
  const factors = Float64Array.from(scale, (s, channel) => s / Math.sqrt(variance[channel]! + epsilon));
  return { factors, shifts: factors.map((factor, channel) => shift[channel]! - mean[channel]! * factor) };
}

function weightsOf(model: OnnxModel, { operator, inputs }: OnnxNode): LayerWeights | undefined {
  const constant = model.initializers.find(({ name }) => name === inputs[1]);
  if (constant === undefined || !(constant.data instanceof Float32Array)) return undefined;
  const units = constant.dims[operator === 'Conv' ? 0 : 1] ?? 0;
  const bias = inputs[2] === undefined ? new Float32Array(units) : floatsOf(model, inputs[2]);
  return bias?.length === units ? { dims: constant.dims, weight: constant.data, bias } : undefined;
}

function floatsOf({ initializers }: OnnxModel, name: string): Float32Array | undefined {
  const data = initializers.find((initializer) => initializer.name === name)?.data;
  return data instanceof Float32Array ? data : undefined;
}

function countUses({ nodes, outputs }: OnnxModel, value: string): number {
  const uses = nodes.reduce((sum, { inputs }) => sum + inputs.filter((name) => name === value).length, 0);
  return uses + outputs.filter(({ name }) => name === value).length;
}

interface Replacement {
  readonly norm: OnnxNode;
  readonly layer: OnnxNode;
  /** The layer that replaces both, with new weights. */
  readonly as: OnnxNode;
}

function replace(model: OnnxModel, { norm, layer, as }: Replacement, weights: LayerWeights): OnnxModel {
  const { dims, weight, bias } = weights;
  const constants: OnnxInitializer[] = [
    { name: `${norm.outputs[0]}/kernel`, dims, type: 'float32', data: weight },
    { name: `${norm.outputs[0]}/bias`, dims: [bias.length], type: 'float32', data: bias },
  ];
  const folded = { ...as, inputs: [as.inputs[0]!, ...constants.map(({ name }) => name)] };
  return {
    ...model,
    nodes: model.nodes.flatMap((node) => (node === norm ? [] : node === layer ? folded : node)),
    initializers: [...model.initializers, ...constants],
  };
}
