// A model file as the teacher of another network: the same graph, fed with the student's own pixels instead of pictures.
import { ConfigError } from '../errors.js';
import type { OnnxModel, OnnxNode } from '../onnx/onnx-model.js';
import { writeModel } from '../onnx/write-model.js';
import { modelNames } from './inference-graph.js';
import type { ExpressionModelFile } from './read-expression-model.js';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** The float pixels that a teacher's graph takes, `[batch, 1, side, side]`, 0..255. */
export const teacherInput = 'pixels';

/**
 * Where the file's graph turns the picture into the pixels that its networks see: the nodes from the picture on (`front`),
 * and the part of the picture. Throws ConfigError when the file has no such beginning, or its networks see different parts.
 */
function readFront({ graph, metadata }: ExpressionModelFile): { front: readonly OnnxNode[]; view: Size } {
  const integers = new Map(
    graph.initializers.flatMap(({ name, data }) =>
      data instanceof BigInt64Array ? [[name, Array.from(data, Number)] as const] : [],
    ),
  );
  const slices = graph.nodes.filter(
    ({ operator, inputs }) =>
      operator === 'Slice' && inputs[0] === modelNames.image && integers.get(inputs[3]!)?.join() === '2,3',
  );
  const cropped = new Map<string, Size>([[modelNames.image, metadata.input]]);
  for (const { inputs, outputs } of slices) {
    const [[top, left], [bottom, right]] = [integers.get(inputs[1]!) ?? [], integers.get(inputs[2]!) ?? []];
    const [height, width] = [bottom! - top!, right! - left!];
    const isCentre = top === (metadata.input.height - height) >> 1 && left === (metadata.input.width - width) >> 1;
    if (isCentre) cropped.set(outputs[0]!, { height, width });
  }
  const casts = graph.nodes.filter(({ operator, inputs }) => operator === 'Cast' && cropped.has(inputs[0]!));
  const views = casts.map(({ inputs }) => cropped.get(inputs[0]!)!);
  const front = [...slices, ...casts];
  const touched = graph.nodes.filter(({ inputs }) => inputs.some((name) => cropped.has(name)));
  if (views.length === 0 || touched.some((node) => !front.includes(node))) {
    throw new ConfigError(
      "a teacher's graph must begin as moodlens writes it, with the centre of the picture as floats, and this one does not; train it with this version",
    );
  }
  const view = views[0]!;
  if (views.some(({ height, width }) => height !== view.height || width !== view.width)) {
    throw new ConfigError(
      "the networks of a teacher must see the same part of the picture, and this ensemble's do not; choose one of its members",
    );
  }
  return { front, view };
}

/** The centre part of the picture that the model's network sees, pixels. Throws ConfigError for a graph that moodlens did not write. */
export function teacherView(file: ExpressionModelFile): Size {
  return readFront(file).view;
}

/**
 * The .onnx bytes of the teacher: input `pixels` float32 `[batch, 1, side, side]`, the view at the student's size; scaled to
 * the teacher's own size inside where the two differ, as a network judges pictures best at the size it learned from. Output
 * `probabilities` `[batch, classes]`.
 */
export function buildTeacherGraph(file: ExpressionModelFile, batch: number, side: number): Uint8Array<ArrayBuffer> {
  const { graph, metadata } = file;
  const { front, view } = readFront(file);
  const casts = front.filter(({ operator }) => operator === 'Cast').map(({ outputs }) => outputs[0]!);
  const isScaled = view.height !== side || view.width !== side;
  const seen = isScaled ? 'pixels/scaled' : teacherInput;
  const sizes = { name: 'pixels/sizes', dims: [4], type: 'int64' as const };
  const scale: OnnxNode = {
    ...{ name: seen, operator: 'Resize', inputs: [teacherInput, '', '', sizes.name], outputs: [seen] },
    attributes: { mode: { string: 'linear' }, coordinate_transformation_mode: { string: 'half_pixel' } },
  };
  const rest = graph.nodes
    .filter((node) => !front.includes(node))
    .map((node) => ({ ...node, inputs: node.inputs.map((name) => (casts.includes(name) ? seen : name)) }));
  const teacher: OnnxModel = {
    ...graph,
    name: 'teacher',
    metadata: new Map(),
    inputs: [{ name: teacherInput, type: 'float32', dims: [batch, 1, side, side] }],
    outputs: [{ name: modelNames.probabilities, type: 'float32', dims: [batch, metadata.labels.length] }],
    nodes: isScaled ? [scale, ...rest] : rest,
    initializers: isScaled
      ? [...graph.initializers, { ...sizes, data: new BigInt64Array([batch, 1, view.height, view.width].map(BigInt)) }]
      : graph.initializers,
  };
  return writeModel(teacher);
}
