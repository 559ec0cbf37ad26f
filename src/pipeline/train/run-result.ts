// How a run ended: result.json, written when training ends and taken away when it goes on.
import { z } from 'zod';
import { decodeUtf8 } from '../../core/dataset/utf8.js';
import type { BlobStore } from '../../core/ports/blob-store.js';

export const resultFile = 'result.json';

export const runResultSchema = z.object({
  end: z.enum(['finished', 'early', 'stopped', 'failed']),
  /** Why it failed. */
  reason: z.string().optional(),
  /** Epochs that are complete. */
  epochs: z.int().nonnegative(),
  /** The epoch of the lowest validation loss; null before the first is complete. */
  bestEpoch: z.int().positive().nullable(),
  /** Time in training, over all its sessions. */
  seconds: z.number().nonnegative(),
  endedAt: z.iso.datetime(),
});

/** `end`: all epochs done, ended by patience, stopped by the user, or ended by an error. */
export type RunResult = z.infer<typeof runResultSchema>;

export async function writeResult(store: BlobStore, result: RunResult): Promise<void> {
  await store.write(resultFile, `${JSON.stringify(result, null, 2)}\n`);
}

/** Undefined while the run goes on, for a run of an older version, and when the file is damaged: it is only for people. */
export async function readResult(store: BlobStore): Promise<RunResult | undefined> {
  const bytes = await store.read(resultFile);
  if (bytes === undefined) return undefined;
  try {
    return runResultSchema.parse(JSON.parse(decodeUtf8(bytes)));
  } catch {
    return undefined;
  }
}
