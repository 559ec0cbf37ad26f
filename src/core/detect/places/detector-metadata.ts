// What the file of a trained detector says about itself, stored as JSON under the ONNX metadata key `moodlens`.
import { z } from 'zod';

/** Names of the model file's input and output. */
export const detectorNames = { image: 'image', places: 'places' } as const;

export const detectorMetadataSchema = z.object({
  format: z.literal(1),
  kind: z.literal('face-detector'),
  architecture: z.string(),
  parameters: z.int().positive(),
  /** Of the pictures that it learned from. */
  dataset: z.string(),
  run: z.string(),
  /** Share of those pictures that was held back; missing in a file that does not say. */
  validationShare: z.number().optional(),
  /** Epochs that it was trained. */
  epoch: z.int().nonnegative(),
  /** Average precision on the pictures that were held back; null when none were. */
  validationPrecision: z.number().nullable(),
  /** Score from which a detection counts, chosen on those pictures; missing where it was not measured on them. */
  threshold: z.number().gt(0).lt(1).optional(),
});

export type DetectorMetadata = z.infer<typeof detectorMetadataSchema>;
