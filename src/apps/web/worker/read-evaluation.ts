// Reads what `moodlens evaluate --json` prints, and checks that its parts agree.
import { z } from 'zod';
import { DatasetError } from '../../../core/errors.js';
import { checkConfusionMatrix } from '../../../core/metrics/confusion-matrix.js';
import type { EvaluationFile } from './model-protocol.js';

const share = z.number().min(0).max(1);
const interval = z.tuple([share, share]);
const count = z.int().min(0);

const evaluationSchema = z.object({
  accuracy: share,
  interval,
  n: z.int().positive(),
  macroF1: share,
  nll: z.number().min(0),
  ece: share,
  labels: z.array(z.string()).min(2).max(1000),
  confusionMatrix: z.array(z.array(count)),
  perClass: z.array(
    z.object({
      label: z.string(),
      ...{ precision: share, recall: share, f1: share, support: count },
      ...{ precisionInterval: interval, recallInterval: interval, f1Interval: interval },
    }),
  ),
  reliability: z
    .array(
      z.object({
        low: share,
        high: share,
        n: count,
        confidence: share.nullable(),
        accuracy: share.nullable(),
        interval,
      }),
    )
    .optional(),
  split: z.string(),
  seenInTraining: z.boolean().nullable().optional(),
  testTimeAugmentation: z.enum(['none', 'flip', 'ten-crop']).optional(),
  model: z.object({ run: z.string(), hash: z.string().optional() }),
});

/** Throws DatasetError when `text` is no evaluation, or its matrix does not give its accuracy. */
export function readEvaluation(file: string, text: string): EvaluationFile {
  const refuse = (found: string, cause?: unknown): never => {
    throw new DatasetError(
      `${file} must be what \`moodlens evaluate --json\` prints, but ${found}; make it with \`moodlens evaluate --json > evaluation.json\`.`,
      { cause },
    );
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return refuse('it is not JSON', cause);
  }
  const result = evaluationSchema.safeParse(json);
  if (!result.success) return refuse(`it is other JSON (${describeFirst(result.error)})`, result.error);
  const { labels, reliability, split, seenInTraining, testTimeAugmentation, model, ...figures } = result.data;
  const { confusionMatrix: matrix, perClass, n, accuracy } = figures;
  if (perClass.length !== labels.length || matrix.length !== labels.length)
    return refuse(`it has ${labels.length} class names for ${matrix.length} rows of the matrix`);
  if (matrix.some((row) => row.length !== labels.length)) return refuse('its confusion matrix is not square');
  const sum = matrix.flat().reduce((total, value) => total + value, 0);
  if (sum !== n) return refuse(`its confusion matrix holds ${sum} pictures and n is ${n}`);
  try {
    checkConfusionMatrix(matrix, accuracy);
  } catch (cause) {
    return refuse('its confusion matrix does not give its accuracy', cause);
  }
  return {
    ...{ file, split, run: model.run, hash: model.hash ?? null, labels, figures },
    seenInTraining: seenInTraining ?? null,
    testTimeAugmentation: testTimeAugmentation ?? 'none',
    reliability: reliability ?? null,
  };
}

function describeFirst({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : 'not as expected';
}
