// What the file of a face embedding says about itself, stored as JSON under the ONNX metadata key `moodlens`.
import { z } from 'zod';
import { ModelFormatError } from '../../errors.js';
import { metadataKey } from '../../onnx/metadata-key.js';
import type { OnnxModel } from '../../onnx/onnx-model.js';

/** The largest side of a face chip, pixels: a damaged file must not ask for more memory than there is. */
const mostPixels = 512;
const side = z.int().positive().max(mostPixels);
const point = z.tuple([z.number(), z.number()]).readonly();
const threeNumbers = z.tuple([z.number(), z.number(), z.number()]).readonly();

export const embeddingMetadataSchema = z.object({
  format: z.literal(1),
  kind: z.literal('face-embedding'),
  name: z.string().min(1),
  input: z.object({
    name: z.string().describe('of the input, `[batch, 3, height, width]`'),
    width: side,
    height: side,
    channels: z.enum(['rgb', 'bgr']).describe('order of the planes'),
    normalise: z
      .object({ mean: threeNumbers.describe('of each plane, in its order'), scale: z.number().positive() })
      .optional()
      .describe('the float32 input is (value - mean) * scale of values 0..255; left out where the graph takes bytes'),
  }),
  output: z.object({
    name: z.string().describe('of the output, `[batch, length]`'),
    length: z.int().positive().max(4096),
  }),
  places: z
    .object({ rightEye: point, leftEye: point, nose: point, mouth: point })
    .describe('where a chip shows the key points of an upright face, pixels from its left and upper edge'),
  source: z.string(),
  licence: z.string(),
  changes: z.string().optional().describe('against the source'),
});

export type EmbeddingMetadata = z.infer<typeof embeddingMetadataSchema>;

/** Throws ModelFormatError when the model does not say that it is a face embedding, or contradicts what it says. */
export function embeddingMetadataOf(model: OnnxModel): EmbeddingMetadata {
  const metadata = parseMetadata(model.metadata.get(metadataKey));
  const { input, output } = metadata;
  const has = (values: OnnxModel['inputs'], name: string) => values.some((value) => value.name === name);
  if (!has(model.inputs, input.name) || !has(model.outputs, output.name)) {
    throw new ModelFormatError(
      `a face embedding must have the input '${input.name}' and the output '${output.name}' that it names, and this one lacks one; build it again`,
    );
  }
  return metadata;
}

function parseMetadata(text: string | undefined): EmbeddingMetadata {
  try {
    return embeddingMetadataSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new ModelFormatError(
      `the model must be a face embedding that says so under '${metadataKey}' in its metadata, and it does not; use models/face-embedding.onnx or build yours with this metadata`,
      { cause },
    );
  }
}
