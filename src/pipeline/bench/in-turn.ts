// Measures tasks in interleaved rounds, so that a drift of the machine's speed affects all alike.
import type { Progress } from '../../core/ports/progress.js';
import type { BenchAnswer, BenchTask, RunBenchTask } from './bench-task.js';

export interface TurnOptions {
  readonly rounds: number;
  readonly runTask: RunBenchTask;
  readonly progress: Progress;
  /** The name of the tasks, for the progress. */
  readonly what: string;
}

/** The answers of each task, one of each round. Throws what `runTask` throws. */
export async function runInTurn<T extends BenchTask>(
  tasks: readonly T[],
  { rounds, runTask, progress, what }: TurnOptions,
): Promise<BenchAnswer<T>[][]> {
  const answers = tasks.map((): BenchAnswer<T>[] => []);
  const total = rounds * tasks.length;
  for (let done = 0; done < total; done++) {
    progress.update(done, total, what);
    const index = done % tasks.length;
    answers[index]!.push(await runTask(tasks[index]!));
  }
  progress.update(total, total, what);
  return answers;
}
