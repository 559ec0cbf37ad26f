// What a moodlens model file says about itself, stored as JSON under the ONNX metadata key `moodlens`.

import { z } from 'zod';
import { metadataKey } from '../onnx/metadata-key.js';
import type { OnnxModel } from '../onnx/onnx-model.js';

const beforeAndAfter = z.object({ before: z.number(), after: z.number() });

const temperatureSchema = z.object({
  value: z.number().positive().describe('what the logits are divided by inside the graph'),
  split: z.string().describe('the validation rows that it was fitted on'),
  n: z.int().positive().describe('how many they were'),
  dataset: z.string().describe('hash of their dataset'),
  nll: beforeAndAfter.describe('negative log likelihood on those rows'),
  ece: beforeAndAfter.describe('expected calibration error on those rows'),
});

/** How a model's temperature came about. */
export type ModelTemperature = z.infer<typeof temperatureSchema>;

/** Another model that a run learned from; pretrained weights say the same of their run. */
export const teacherSchema = z.object({
  hash: z.string().describe('SHA-256 of its file'),
  run: z.string(),
  architecture: z.string(),
  split: z.string().describe('what it was trained and validated on'),
  targets: z.string().optional().describe('what it learned from besides the labels'),
});

export const pretrainedSchema = teacherSchema.extend({
  dataset: z.string().describe('hash of the dataset that it was trained on'),
  earlier: z
    .array(z.object({ run: z.string(), dataset: z.string(), split: z.string() }))
    .optional()
    .describe('the runs whose weights that run began with in its turn, the latest first'),
});

/** The model that a run learned from by distillation; `hash` is that of the model file. */
export type TeacherFacts = z.infer<typeof teacherSchema>;

/** The run whose weights another began with; `hash` is that of the checkpoint file. */
export type PretrainedFacts = z.infer<typeof pretrainedSchema>;

/** The largest side of a model's input, pixels: a damaged file must not ask for more memory than there is. */
const maxSide = 1024;
const side = z.int().positive().max(maxSide);

const int8Schema = z.object({
  float: z.string().describe('SHA-256 of the float32 model that it was made from'),
  pictures: z.int().positive().describe('how many it was calibrated on'),
  share: z.number().describe('of the numbers of each value that its 8 bits reach'),
  metrics: z.record(z.string(), z.number()).describe('figures of the float32 model on the validation split'),
});

const memberSchema = z.object({
  run: z.string(),
  architecture: z.string(),
  metrics: z.record(z.string(), z.number()),
  teacher: teacherSchema.optional(),
  pretrained: pretrainedSchema.optional(),
  int8: int8Schema.optional(),
});

export const modelMetadataSchema = z.object({
  format: z.literal(1).describe('version of this metadata'),
  architecture: z.string(),
  labels: z.array(z.string()).min(2).describe('class names, in the order of the probabilities'),
  input: z.object({ height: side, width: side }).describe('uint8 grey input, pixels'),
  embedding: z.int().positive().describe('length of the embedding'),
  parameters: z.int().positive(),
  multiplyAdds: z.int().positive().describe('per picture'),
  split: z.string().describe('what it was trained and validated on'),
  splitFile: z.string().optional().describe('hash of the split file whose sets `split` names'),
  targets: z.string().optional().describe('what it learned from besides the labels; left out when nothing'),
  metrics: z.record(z.string(), z.number()).describe('figures on the validation split'),
  dataset: z.string().describe('hash of the packed dataset'),
  run: z.string().describe('name of the run that made it'),
  licence: z.string(),
  teacher: teacherSchema.optional().describe('the model whose probabilities were part of its targets'),
  pretrained: pretrainedSchema.optional().describe('the run whose weights it began with'),
  int8: int8Schema.optional().describe('of a model whose convolutions are in 8-bit integers'),
  temperature: temperatureSchema.optional().describe('of a model whose probabilities were calibrated'),
  members: z
    .array(memberSchema)
    .optional()
    .describe('of an ensemble, whose architecture is `ensemble`: the models whose mean it is'),
});

export type ModelMetadata = z.infer<typeof modelMetadataSchema>;

/** The same graph, saying this about itself. */
export function withMetadata(graph: OnnxModel, metadata: ModelMetadata): OnnxModel {
  return { ...graph, metadata: new Map([...graph.metadata, [metadataKey, JSON.stringify(metadata)]]) };
}
