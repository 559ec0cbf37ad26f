// Records every look at a test split: after many looks, models are chosen by the test, and it is no longer a test.
import { z } from 'zod';
import { decodeUtf8 } from '../../core/bytes/utf8.js';
import type { BlobStore } from '../../core/ports/blob-store.js';

const testLookSchema = z.looseObject({
  at: z.string().describe('ISO 8601, UTC'),
  split: z.string(),
  n: z.int().positive(),
  dataset: z.string().describe('its hash'),
  model: z.string().describe("SHA-256 of the model's file"),
  moodlens: z.string().describe('the version'),
  revision: z.string().nullable().describe('the commit, when it ran from a checkout'),
  accuracy: z.number(),
});

/** One look, a line of the file. */
export type TestLook = Readonly<z.infer<typeof testLookSchema>>;

/** The file in a run folder. */
export const testLooksFile = 'test-looks.jsonl';

/**
 * Appends the look to the file and returns its number among the looks at that split, from 1. A damaged line counts as a look at any
 * split. Throws StorageError when it cannot be written.
 */
export async function recordTestLook(store: BlobStore, file: string, look: TestLook): Promise<number> {
  const bytes = await store.read(file);
  const text = bytes === undefined ? '' : decodeUtf8(bytes);
  const before = text.split('\n').filter((line) => line.trim() !== '' && isLookAt(line, look.split)).length;
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  await store.append(file, `${start}${JSON.stringify(look)}\n`);
  return before + 1;
}

function isLookAt(line: string, split: string): boolean {
  try {
    return testLookSchema.parse(JSON.parse(line)).split === split;
  } catch {
    return true;
  }
}
