// Work with a progress display that ends with it.
import { terminalProgress } from '../../../adapters/node/terminal-progress.js';
import type { Progress } from '../../../core/ports/progress.js';

export async function withProgress<T>(label: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = terminalProgress(label);
  try {
    return await work(progress);
  } finally {
    progress.finish();
  }
}
