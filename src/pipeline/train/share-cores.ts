// How a run shares the processor's cores out: threads and workers, where its configuration leaves them open.
import { isObject } from '../../core/tuning/journal/is-object.js';
import { trainConfigSchema } from './config.js';

export interface CoreShare {
  readonly threads: number;
  readonly workers: number;
}

/** What the configuration takes at most. */
const most = 64;
/** A worker with fewer pictures of a batch than this spoils the statistics of batch norm. */
const fewestPictures = 16;

/**
 * A configuration as it was given, with its threads and workers: those that it names stay; else a worker a core, as long as each has
 * 16 pictures of a batch (`ghostBatch` of them, when that is given), and the cores that are left as further threads of the workers.
 * A GPU computes the workers' shares one after the other: one worker then. Values that are no numbers are left to the schema.
 */
export function shareCores<T extends object>(
  config: T,
  { cores, isGpu = false }: { readonly cores: number; readonly isGpu?: boolean },
): T & { threads: unknown; workers: unknown } {
  const given = config as Record<string, unknown>;
  const count = (key: string, missing: number): number => {
    const value = given[key];
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : missing;
  };
  const threads = count('threads', Math.min(cores, most));
  if ('workers' in given) {
    const workers = count('workers', 1);
    const own = Math.max(workers, threads - (threads % workers));
    return { ...config, threads: given['threads'] ?? own, workers: given['workers'] };
  }
  const batchSize = count('batchSize', trainConfigSchema.shape.batchSize.parse(undefined));
  const shares = Math.max(1, Math.floor(batchSize / count('ghostBatch', fewestPictures)));
  const workers = isGpu ? 1 : workersFor(threads, shares);
  return {
    ...config,
    threads: 'threads' in given ? given['threads'] : workers * Math.floor(threads / workers),
    workers,
  };
}

/** As many as `shares`, if three quarters of the threads are of use then: each worker has as many as the others. */
function workersFor(threads: number, shares: number): number {
  for (let workers = Math.min(threads, shares); workers > 1; workers--) {
    if (workers * Math.floor(threads / workers) >= 0.75 * threads) return workers;
  }
  return 1;
}

/** The configuration of a run or an ensemble; an ensemble's members take what stands above them as their own. */
export function shareCoresOfAll<T extends object>(config: T, options: Parameters<typeof shareCores>[1]): T {
  const { ensemble, ...base } = config as T & { ensemble?: unknown };
  if (!Array.isArray(ensemble)) return shareCores(config, options);
  const members = ensemble.map((own: unknown) => {
    if (!isObject(own)) return own;
    const { threads, workers } = shareCores({ ...base, ...own }, options);
    return { ...own, threads, workers };
  });
  return { ...config, ensemble: members };
}

/** The configuration with which a run, or an ensemble, is resumed: its own threads and workers, whatever machine it goes on on. */
export function keepShares<T extends object>(config: T, saved: object): T {
  const { threads, workers, ensemble: kept } = saved as Record<string, unknown>;
  const { ensemble, ...base } = config as T & { ensemble?: unknown };
  if (!Array.isArray(ensemble) || !Array.isArray(kept)) return { threads, workers, ...config };
  const members = ensemble.map((own: unknown, i) => {
    const before: unknown = kept[i];
    if (!isObject(own) || !isObject(before)) return own;
    return { threads: before['threads'], workers: before['workers'], ...keysOf(base), ...own };
  });
  return { ...config, ensemble: members };
}

function keysOf(config: object): object {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key === 'threads' || key === 'workers'));
}

/** `2 workers of 1 thread each`. */
export function describeShare({ threads, workers }: CoreShare): string {
  const each = Math.floor(threads / workers);
  const of = `${each} thread${each === 1 ? '' : 's'}`;
  return workers === 1 ? `1 worker of ${of}` : `${workers} workers of ${of} each`;
}
