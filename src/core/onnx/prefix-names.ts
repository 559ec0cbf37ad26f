// Renames the values of a graph, so that several graphs fit into one.
import type { OnnxModel } from './onnx-model.js';

/** The same graph with `prefix` before the name of every node and value, except the names in `keep`. */
export function prefixNames(model: OnnxModel, prefix: string, keep: readonly string[] = []): OnnxModel {
  // An empty name stands for an optional input that is left out.
  const rename = (name: string): string => (name === '' || keep.includes(name) ? name : prefix + name);
  const renamed = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, name: rename(item.name) }));
  return {
    ...model,
    inputs: renamed(model.inputs),
    outputs: renamed(model.outputs),
    initializers: renamed(model.initializers),
    nodes: model.nodes.map((node) => ({
      ...node,
      name: prefix + node.name,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
  };
}
