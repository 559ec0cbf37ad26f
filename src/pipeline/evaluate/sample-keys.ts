// The options that name the samples of a stage: those of a split, of a set of a split file, or what a run validated on.
import { z } from 'zod';

const name = z.string().trim().min(1);

export const sampleKeys = {
  split: name.optional().describe('Training, PublicTest, PrivateTest, or the name of a split folder'),
  splitFile: name
    .optional()
    .meta({ value: 'file' })
    .describe("a file of 'moodlens data split': --split then names one of its sets"),
  run: name.optional().meta({ value: 'folder' }).describe('instead: a run folder, whose validation samples are taken'),
};

type SampleKeys = z.infer<z.ZodObject<typeof sampleKeys>>;

export const splitFileNeedsSplit = z.refine<SampleKeys>(
  ({ split, splitFile }) => split !== undefined || splitFile === undefined,
  { path: ['splitFile'], error: '--split-file needs --split, the name of one of its sets' },
);

/**
 * The schema of a stage that uses validation samples: a split, PublicTest when nothing is named, or a run. `notBoth` is the
 * message for both.
 */
export function onValidationSamples<T extends SampleKeys, Input>(schema: z.ZodType<T, Input>, notBoth: string) {
  return schema
    .refine(({ split, run }) => split === undefined || run === undefined, { path: ['split'], error: notBoth })
    .check(splitFileNeedsSplit)
    .transform((keys) => (keys.run === undefined ? { ...keys, split: keys.split ?? 'PublicTest' } : keys));
}
