// The convolutions that an int8 form computes in integers, and the activations between them that it quantises.
import type { OnnxModel, OnnxNode } from './onnx-model.js';

export interface ConvolutionChain {
  readonly convolution: OnnxNode;
  /** The ReLUs and max pools that follow it directly, without another consumer of the values between. */
  readonly tail: readonly OnnxNode[];
  /** The convolution's input. */
  readonly input: string;
  /** The value at the end of the tail. */
  readonly end: string;
  /** True when the tail has a ReLU, so the output is never negative. */
  readonly isRectified: boolean;
}

const tailOperators = ['Relu', 'MaxPool'];

/** Every convolution whose kernel is a constant, in the order of the nodes; batch normalisation is folded before (`foldBatchNorm`). */
export function findConvolutionChains(model: OnnxModel): ConvolutionChain[] {
  const constants = new Set(model.initializers.map(({ name }) => name));
  const users = new Map<string, OnnxNode[]>();
  for (const node of model.nodes) {
    for (const input of node.inputs) users.set(input, [...(users.get(input) ?? []), node]);
  }
  const outputs = new Set(model.outputs.map(({ name }) => name));
  return model.nodes
    .filter(({ operator, inputs }) => operator === 'Conv' && constants.has(inputs[1]!))
    .map((convolution) => {
      const tail: OnnxNode[] = [];
      let end = convolution.outputs[0]!;
      for (;;) {
        const [next, ...others] = users.get(end) ?? [];
        if (next === undefined || others.length > 0 || outputs.has(end)) break;
        if (!tailOperators.includes(next.operator)) break;
        tail.push(next);
        end = next.outputs[0]!;
      }
      const isRectified = tail.some(({ operator }) => operator === 'Relu');
      return { convolution, tail, input: convolution.inputs[0]!, end, isRectified };
    });
}
