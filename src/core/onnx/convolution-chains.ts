// The convolutions that an int8 form computes in integers, and the values between them that it rounds to 8 bits.
import type { OnnxModel, OnnxNode } from './onnx-model.js';

export interface ConvolutionChain {
  readonly convolution: OnnxNode;
  /** ReLUs and max pools that follow it one after the other, nothing else using what lies between. */
  readonly tail: readonly OnnxNode[];
  /** The value that the convolution takes. */
  readonly input: string;
  /** The value at the end of the tail. */
  readonly end: string;
  /** True when the tail holds a ReLU: below zero nothing comes out. */
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
