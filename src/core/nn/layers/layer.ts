// What a layer is: it declares its shapes, its parameters, and the ONNX nodes of its forward and backward pass.
// Layers know the graph builder and nothing of the runtime that will run the graph.
import type { GraphBuilder } from '../../onnx/graph-builder.js';

/** Shape of one sample without the batch: `[channels, height, width]` or `[features]`. */
export type Shape = readonly number[];

/** How a parameter starts: He's or Glorot's rule with the given fan, or a constant. */
export type Initializer =
  | { readonly rule: 'he-normal'; readonly fanIn: number }
  | { readonly rule: 'glorot-uniform'; readonly fanIn: number; readonly fanOut: number }
  | { readonly rule: 'constant'; readonly value: number };

/** One parameter of a layer. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** False for running statistics, which the forward pass moves and no gradient touches. */
  readonly trainable: boolean;
  /** L2 penalty `l2 * sum(w^2)` added to the loss; 0 for none. */
  readonly l2: number;
}

/** A running statistic: `running = momentum * running + (1 - momentum) * batch`. */
export interface Statistic {
  readonly parameter: string;
  /** The graph value that holds the batch's own statistic. */
  readonly value: string;
  readonly momentum: number;
}

/** A random multiplier that the trainer must feed: 0 with probability `rate`, else `1 / (1 - rate)`. */
export interface Mask {
  readonly name: string;
  readonly shape: Shape;
  readonly rate: number;
}

/**
 * Which form of an operation a layer writes where several give the same numbers: what is fastest in ONNX Runtime's CPU
 * provider, by several threads or by a single one, or `portable`, which keeps to operators that its other providers
 * (WebGPU, CUDA, WebAssembly) compute rightly.
 */
export type Formulas = 'cpu' | 'cpu-single' | 'portable';

/** The graph that a layer writes into. */
export interface GraphContext {
  readonly graph: GraphBuilder;
  readonly training: boolean;
  /** The batch size; undefined when it is known only at run time (inference). */
  readonly batch: number | undefined;
  readonly formulas: Formulas;
  /** The graph value that holds a parameter of this layer. */
  parameter(name: string): string;
  /** Asks for a mask of the given sample shape; returns its graph value. Training only. */
  mask(shape: Shape, rate: number): string;
}

/** Gradients that a layer hands back. */
export interface Gradients {
  /** With respect to the layer's input; undefined when it was not asked for. */
  readonly input: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A layer's forward pass, with what its backward pass needs held in the closure. */
export interface ForwardPass {
  readonly output: string;
  readonly statistics?: readonly Statistic[];
  /** Writes the backward nodes for the gradient of the loss with respect to the output. */
  backward(outputGradient: string, needsInput: boolean): Gradients;
}

export interface Layer {
  readonly kind: string;
  /** Throws ConfigError when the input does not fit. */
  outputShape(input: Shape): Shape;
  parameters(input: Shape): readonly Parameter[];
  /** Multiplications of weights with inputs, per sample. */
  multiplyAdds(input: Shape): number;
  forward(context: GraphContext, value: string, input: Shape): ForwardPass;
}

/** Elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
