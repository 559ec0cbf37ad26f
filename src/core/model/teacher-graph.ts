// A model file as the teacher of another network: the same graph, fed with the student's own pixels instead of pictures.
import { ConfigError } from '../errors.js';
import { modelNames } from '../nn/graphs/inference-graph.js';
import type { OnnxModel, OnnxNode } from '../onnx/onnx-model.js';
import { writeModel } from '../onnx/write-model.js';
import { type PictureFront, readPictureFront } from './picture-front.js';
import type { ExpressionModelFile } from './read-expression-model.js';

/** The float pixels that a teacher's graph takes, `[batch, 1, side, side]`, 0..255. */
export const teacherInput = 'pixels';

/** Throws ConfigError for a graph that moodlens did not write, and for an ensemble whose networks see different parts of the picture. */
export function requireTeacherFront(file: ExpressionModelFile): PictureFront {
  const front = readPictureFront(file);
  if (front !== undefined) return front;
  throw new ConfigError(
    'a teacher must begin with the centre of the picture, the same for all networks of an ensemble, and this one does not; choose a model trained with this version, or a member of the ensemble',
  );
}

/**
 * The .onnx bytes of the teacher: input `pixels` float32 `[batch, 1, side, side]`, the view at the student's size; scaled to
 * the teacher's own size inside where the two differ, as a network judges pictures best at the size it learned from. Output
 * `probabilities` `[batch, classes]`.
 */
export function buildTeacherGraph(file: ExpressionModelFile, batch: number, side: number): Uint8Array<ArrayBuffer> {
  const { graph, metadata } = file;
  const { nodes: front, pixels, view } = requireTeacherFront(file);
  const isScaled = view.height !== side || view.width !== side;
  const seen = isScaled ? 'pixels/scaled' : teacherInput;
  const sizes = { name: 'pixels/sizes', dims: [4], type: 'int64' as const };
  const scale: OnnxNode = {
    ...{ name: seen, operator: 'Resize', inputs: [teacherInput, '', '', sizes.name], outputs: [seen] },
    attributes: { mode: { string: 'linear' }, coordinate_transformation_mode: { string: 'half_pixel' } },
  };
  const rest = graph.nodes
    .filter((node) => !front.includes(node))
    .map((node) => ({ ...node, inputs: node.inputs.map((name) => (pixels.includes(name) ? seen : name)) }));
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
