// The int8 form of a model's convolutions (Jacob et al. 2018): 8-bit kernels with a scale for each filter,
// and 8-bit activations with one scale per tensor. Written as QuantizeLinear and DequantizeLinear around float operators, which
// defines the result exactly on any runtime; ONNX Runtime fuses them into integer operators.
import { type ConvolutionChain, findConvolutionChains } from './convolution-chains.js';
import type { OnnxInitializer, OnnxModel, OnnxNode } from './onnx-model.js';

/** The smallest and the largest number of a value that its 8 bits must cover. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The largest integer of a kernel. Not 127: the sum of two 8-bit products, 2 * 255 * 64, must fit 16 bits, in which
 * processors without VNNI instructions add them up, so that every machine computes the same.
 */
const largestWeight = 64;

/** The largest integer of a bias; leaves room for the products that are added to it in 32 bits. */
const largestBias = 2 ** 30;

/** `(q - zeroPoint) * scale`, q in 0..255. */
interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
  /** Names of the two constants. */
  readonly names: readonly [scale: string, zeroPoint: string];
}

/** The values whose ranges `quantiseConvolutions` needs. */
export function valuesToCalibrate(model: OnnxModel): string[] {
  const chains = findConvolutionChains(model);
  return [...new Set(chains.flatMap(({ input, end }) => [input, end]))];
}

/**
 * The model with its convolutions in int8; all else stays in float32. Batch normalisation must be folded before
 * (`foldBatchNorm`). Throws TypeError when the range of a value is missing, or a kernel is not float32.
 */
export function quantiseConvolutions(model: OnnxModel, ranges: ReadonlyMap<string, ValueRange>): OnnxModel {
  const chains = findConvolutionChains(model);
  const writer = new QuantisedGraph(model, ranges);
  const starts = new Map(chains.map((chain) => [chain.convolution, chain]));
  const tails = new Set(chains.flatMap(({ tail }) => tail));
  for (const node of model.nodes) {
    const chain = starts.get(node);
    if (chain !== undefined) writer.addChain(chain);
    else if (!tails.has(node)) writer.add(node);
  }
  return writer.finish();
}

class QuantisedGraph {
  readonly #model: OnnxModel;
  readonly #ranges: ReadonlyMap<string, ValueRange>;
  readonly #constants: Map<string, OnnxInitializer>;
  readonly #nodes: OnnxNode[] = [];
  /** The quantised replacement of a value, and its grid. */
  readonly #values = new Map<string, { readonly name: string; readonly grid: Grid }>();

  constructor(model: OnnxModel, ranges: ReadonlyMap<string, ValueRange>) {
    this.#model = model;
    this.#ranges = ranges;
    this.#constants = new Map(model.initializers.map((initializer) => [initializer.name, initializer]));
  }

  add(node: OnnxNode): void {
    this.#nodes.push({ ...node, inputs: node.inputs.map((name) => this.#values.get(name)?.name ?? name) });
  }

  addChain({ convolution, tail, input, end, isRectified }: ConvolutionChain): void {
    if (!this.#values.has(input)) {
      const grid = this.#grid(input, this.#range(input));
      this.#values.set(input, { name: this.#round(input, grid), grid });
    }
    const { name, grid: inputGrid } = this.#values.get(input)!;
    const { low, high } = this.#range(end);
    // The grid begins at zero, so it clips what a ReLU would clip. A max pool stays on the same grid.
    const grid = this.#grid(end, { low: isRectified ? 0 : low, high });
    const output = convolution.outputs[0]!;
    this.#nodes.push({ ...convolution, inputs: [name, ...this.#kernel(convolution, inputGrid)] });
    let value = this.#round(output, grid);
    for (const node of tail.filter(({ operator }) => operator === 'MaxPool')) {
      this.#nodes.push({ ...node, inputs: [value] });
      value = this.#round(node.outputs[0]!, grid);
    }
    this.#values.set(end, { name: value, grid });
  }

  finish(): OnnxModel {
    const used = new Set(this.#nodes.flatMap(({ inputs }) => inputs));
    const initializers = [...this.#constants.values()].filter(({ name }) => used.has(name));
    return { ...this.#model, nodes: this.#nodes, initializers };
  }

  #range(value: string): ValueRange {
    const range = this.#ranges.get(value);
    if (range === undefined) throw new TypeError(`quantiseConvolutions: the range of '${value}' is missing`);
    return range;
  }

  /** Zero is always on the grid, because padding is zero. */
  #grid(value: string, range: ValueRange): Grid {
    const [low, high] = [Math.min(range.low, 0), Math.max(range.high, 0)];
    const scale = Math.fround(high > low ? (high - low) / 255 : 1);
    const zeroPoint = Math.round(-low / scale);
    const names = [`${value}/scale`, `${value}/zero`] as const;
    this.#constant({ name: names[0], dims: [], type: 'float32', data: new Float32Array([scale]) });
    this.#constant({ name: names[1], dims: [], type: 'uint8', data: new Uint8Array([zeroPoint]) });
    return { scale, zeroPoint, names };
  }

  /** Adds the two nodes that round a value to the grid; returns the rounded value. */
  #round(value: string, { names }: Grid): string {
    const [quantised, rounded] = [`${value}/quantised`, `${value}/rounded`];
    this.#node('QuantizeLinear', [value, ...names], quantised);
    this.#node('DequantizeLinear', [quantised, ...names], rounded);
    return rounded;
  }

  /** The names of a convolution's rounded kernel and bias. */
  #kernel({ inputs: [, kernel, bias], outputs }: OnnxNode, input: Grid): string[] {
    const { data, dims } = this.#constants.get(kernel!)!;
    if (!(data instanceof Float32Array)) throw new TypeError(`quantiseConvolutions: '${kernel}' must be float32`);
    const filters = dims[0] ?? 0;
    const offsets = bias === undefined ? undefined : (this.#constants.get(bias)!.data as Float32Array);
    // A filter with nearly zero weights consists of its bias, which would not fit a grid as fine as its weights.
    const finest = Float64Array.from(
      { length: filters },
      (_, f) => Math.abs(offsets?.[f] ?? 0) / largestBias / input.scale,
    );
    const { scales, integers } = roundKernel(data, finest);
    const stem = `${outputs[0]}/kernel`;
    const rounded = this.#dequantised(stem, scales, {
      ...{ name: `${stem}/int8`, dims, type: 'int8', data: new Uint8Array(integers.buffer) },
    });
    if (offsets === undefined) return [rounded];
    const products = scales.map((scale) => scale * input.scale);
    const data32 = Int32Array.from(offsets, (b, c) => Math.round(b / products[c]!));
    const biasStem = `${outputs[0]}/bias`;
    return [
      rounded,
      this.#dequantised(biasStem, products, {
        name: `${biasStem}/int32`,
        dims: [filters],
        type: 'int32',
        data: data32,
      }),
    ];
  }

  /** Adds integers with a scale for each filter; returns the dequantised value. */
  #dequantised(stem: string, scales: Float32Array, integers: OnnxInitializer): string {
    this.#constant(integers);
    const [scale, zero] = [`${stem}/scale`, `${stem}/zero`];
    this.#constant({ name: scale, dims: [scales.length], type: 'float32', data: scales });
    const zeros = integers.type === 'int8' ? new Uint8Array(scales.length) : new Int32Array(scales.length);
    this.#constant({ name: zero, dims: [scales.length], type: integers.type, data: zeros });
    return this.#node('DequantizeLinear', [integers.name, scale, zero], `${stem}/rounded`, { axis: { int: 0 } });
  }

  #node(operator: string, inputs: string[], output: string, attributes: OnnxNode['attributes'] = {}): string {
    this.#nodes.push({ name: output, operator, inputs, outputs: [output], attributes });
    return output;
  }

  #constant(initializer: OnnxInitializer): void {
    this.#constants.set(initializer.name, initializer);
  }
}

/** Each filter divided by its own scale, so that its largest weight becomes the largest integer; no scale below its `finest`. */
function roundKernel(weights: Float32Array, finest: Float64Array): { scales: Float32Array; integers: Int8Array } {
  const filters = finest.length;
  const perFilter = weights.length / filters;
  const scales = new Float32Array(filters);
  const integers = new Int8Array(weights.length);
  for (let f = 0; f < filters; f++) {
    const from = f * perFilter;
    let largest = 0;
    for (let i = from; i < from + perFilter; i++) largest = Math.max(largest, Math.abs(weights[i]!));
    const scale = Math.fround(Math.max(largest / largestWeight, finest[f]!) || 1);
    scales[f] = scale;
    for (let i = from; i < from + perFilter; i++) integers[i] = Math.round(weights[i]! / scale);
  }
  return { scales, integers };
}
