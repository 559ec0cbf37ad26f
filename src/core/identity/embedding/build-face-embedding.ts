// dlib's network for face recognition (a ResNet of 29 convolutions, 128 numbers) as ONNX, from the weights that face-api carries.
import { ModelFormatError } from '../../errors.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import { metadataKey } from '../../onnx/metadata-key.js';
import type { TfjsWeight } from '../../onnx/read-tfjs-weights.js';
import type { EmbeddingMetadata } from './embedding-metadata.js';

/** Subtracted from red, green, blue; then the values are divided. dlib divides by 256, face-api by 255, whose numbers these are. */
const mean = [122.782, 117.001, 104.298] as const;
const divisor = 255;

/** The residual blocks in their order; the wide ones halve the picture, and double the channels where these are more than before. */
const blocks: readonly { readonly name: string; readonly channels: number; readonly halves?: boolean }[] = [
  { name: 'conv32_1', channels: 32 },
  { name: 'conv32_2', channels: 32 },
  { name: 'conv32_3', channels: 32 },
  { name: 'conv64_down', channels: 64, halves: true },
  { name: 'conv64_1', channels: 64 },
  { name: 'conv64_2', channels: 64 },
  { name: 'conv64_3', channels: 64 },
  { name: 'conv128_down', channels: 128, halves: true },
  { name: 'conv128_1', channels: 128 },
  { name: 'conv128_2', channels: 128 },
  { name: 'conv256_down', channels: 256, halves: true },
  { name: 'conv256_1', channels: 256 },
  { name: 'conv256_2', channels: 256 },
  { name: 'conv256_down_out', channels: 256, halves: true },
];

const kernel = 3;
const stem = { name: 'conv32_down', channels: 32, kernel: 7 } as const;

/** A value `[batch, channels, side, side]` of the graph. */
interface Value {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
}

/**
 * The bytes of the model: uint8 RGB in, normalised inside; float32 `[batch, length]` out, not scaled to unit length. Weights that are
 * 8-bit stay so, and are widened in the graph. Throws ModelFormatError when a weight is missing or has another shape.
 */
export function buildFaceEmbedding(
  weights: ReadonlyMap<string, TfjsWeight>,
  metadata: EmbeddingMetadata,
): Uint8Array<ArrayBuffer> {
  return new FaceNetwork(weights, metadata).build();
}

class FaceNetwork {
  readonly #graph: GraphBuilder;
  readonly #weights: ReadonlyMap<string, TfjsWeight>;
  readonly #metadata: EmbeddingMetadata;

  constructor(weights: ReadonlyMap<string, TfjsWeight>, metadata: EmbeddingMetadata) {
    this.#graph = new GraphBuilder(metadata.name);
    this.#weights = weights;
    this.#metadata = metadata;
  }

  build(): Uint8Array<ArrayBuffer> {
    const { input, output, source, licence, changes = '' } = this.#metadata;
    const graph = this.#graph;
    const image = graph.input(input.name, 'uint8', ['batch', 3, input.height, input.width]);
    let value = this.#stem({ name: this.#normalise(image), channels: 3, side: input.width });
    for (const { name, channels, halves } of blocks) {
      value = halves ? this.#halvingBlock(value, name, channels) : this.#block(value, name);
    }
    const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [value.name])]);
    const { shape, data, scale, min } = this.#weight('fc', [value.channels, output.length]);
    const product = graph.node('MatMul', [pooled, this.#widened(data, shape, [scale], [min])]);
    graph.output(graph.rename(product, output.name), 'float32', ['batch', output.length]);
    return graph.build({ [metadataKey]: JSON.stringify(this.#metadata), source, licence, changes });
  }

  #normalise(image: string): string {
    const graph = this.#graph;
    const means = graph.constant({ dims: [1, 3, 1, 1], data: Float32Array.from(mean) });
    const centred = graph.node('Sub', [graph.node('Cast', [image], { to: { int: 1 } }), means]);
    return graph.node('Div', [centred, graph.scalar(divisor)]);
  }

  #stem(image: Value): Value {
    const value = this.#relu(this.#convolution(image, stem.name, stem.channels, { size: stem.kernel, stride: 2 }));
    const name = this.#graph.node('MaxPool', [value.name], pooling(3));
    return { ...value, name, side: halved(value.side, 3) };
  }

  #block(value: Value, name: string): Value {
    const inner = this.#relu(this.#convolution(value, `${name}/conv1`, value.channels, { pad: 1 }));
    const outer = this.#convolution(inner, `${name}/conv2`, value.channels, { pad: 1 });
    return this.#relu({ ...outer, name: this.#graph.node('Add', [outer.name, value.name]) });
  }

  /** The shortcut averages 2 x 2 pixels; whichever of the two sums is smaller is filled up with zeros at the end of its axes. */
  #halvingBlock(value: Value, name: string, channels: number): Value {
    const inner = this.#relu(this.#convolution(value, `${name}/conv1`, channels, { stride: 2 }));
    const outer = this.#convolution(inner, `${name}/conv2`, channels, { pad: 1 });
    const shortcut: Value = {
      name: this.#graph.node('AveragePool', [value.name], pooling(2)),
      channels: value.channels,
      side: halved(value.side, 2),
    };
    const whole = { channels, side: Math.max(outer.side, shortcut.side) };
    const sum = this.#graph.node('Add', [this.#filledUp(outer, whole), this.#filledUp(shortcut, whole)]);
    return this.#relu({ ...whole, name: sum });
  }

  #filledUp(value: Value, { channels, side }: Omit<Value, 'name'>): string {
    const [more, wider] = [channels - value.channels, side - value.side];
    if (more === 0 && wider === 0) return value.name;
    return this.#graph.node('Pad', [value.name, this.#graph.integers(0, 0, 0, 0, 0, more, wider, wider)]);
  }

  #relu(value: Value): Value {
    return { ...value, name: this.#graph.node('Relu', [value.name]) };
  }

  /** A convolution followed by a scale and an offset per channel, written as one convolution. */
  #convolution(
    value: Value,
    name: string,
    channels: number,
    { size = kernel, stride = 1, pad = 0 }: { size?: number; stride?: number; pad?: number },
  ): Value {
    const filters = this.#weight(`${name}/conv/filters`, [size, size, value.channels, channels]);
    const vector = (part: string): Float32Array => valuesOf(this.#weight(`${name}/${part}`, [channels]));
    const [bias, factors, offsets] = [vector('conv/bias'), vector('scale/weights'), vector('scale/biases')];
    const weights = this.#widened(
      outputFirst(filters),
      [channels, value.channels, size, size],
      factors.map((factor) => factor * filters.scale),
      factors.map((factor) => factor * filters.min),
    );
    const total = bias.map((one, i) => one * factors[i]! + offsets[i]!);
    const inputs = [value.name, weights, this.#graph.constant({ dims: [channels], data: total })];
    const convolved = this.#graph.node('Conv', inputs, {
      kernel_shape: { ints: [size, size] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
    });
    return { name: convolved, channels, side: Math.floor((value.side + 2 * pad - size) / stride) + 1 };
  }

  /** The constant data * scale + min, with a scale and a minimum for each row or for all; ONNX Runtime computes it once, at loading. */
  #widened(
    data: Float32Array | Uint8Array,
    dims: readonly number[],
    scale: ArrayLike<number>,
    min: ArrayLike<number>,
  ): string {
    const graph = this.#graph;
    if (data instanceof Float32Array) {
      const row = data.length / scale.length;
      const scaled = data.map((value, i) => value * scale[Math.floor(i / row)]! + min[Math.floor(i / row)]!);
      return graph.constant({ dims, data: scaled });
    }
    const column = (values: ArrayLike<number>): string =>
      graph.constant({ dims: [values.length, ...dims.slice(1).map(() => 1)], data: Float32Array.from(values) });
    const wide = graph.node('Cast', [graph.constant({ dims, data })], { to: { int: 1 } });
    return graph.node('Add', [graph.node('Mul', [wide, column(scale)]), column(min)]);
  }

  #weight(name: string, shape: readonly number[]): TfjsWeight {
    const weight = this.#weights.get(name);
    if (weight?.shape.join() === shape.join()) return weight;
    throw new ModelFormatError(
      `the weights of dlib's face network must hold ${name} [${shape.join(', ')}], and they hold ${weight ? `[${weight.shape.join(', ')}]` : 'none'}; use the files of the pinned package`,
    );
  }
}

const pooling = (size: number) => ({ kernel_shape: { ints: [size, size] }, strides: { ints: [2, 2] } });

const halved = (side: number, size: number): number => Math.floor((side - size) / 2) + 1;

function valuesOf({ data, scale, min }: TfjsWeight): Float32Array {
  return Float32Array.from(data, (value) => value * scale + min);
}

/** Filters `[height, width, in, out]` as `[out, in, height, width]`. */
function outputFirst({ shape, data }: TfjsWeight): Float32Array | Uint8Array {
  const [height, width, into, out] = shape as [number, number, number, number];
  const turned = data.slice();
  const size = height * width;
  for (let o = 0, to = 0; o < out; o++) {
    for (let i = 0; i < into; i++) {
      for (let place = 0; place < size; place++, to++) turned[to] = data[(place * into + i) * out + o]!;
    }
  }
  return turned;
}
