// Memory over a long run: what the heap and everything outside it hold after a collection, and whether that grows.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Megabytes held after a full collection. */
export function memoryHeld() {
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed / 1e6, external: external / 1e6, rss: rss / 1e6 };
}

/** The least of the values: memory of single frames comes and goes, a leak stays. */
export const least = (values) => Math.min(...values);

/** `figure` of the first and of the last third of what comes after the first fifth, which warms up. */
export function ends(values, figure) {
  const warm = values.slice(Math.ceil(values.length / 5));
  const third = Math.max(1, Math.floor(warm.length / 3));
  return { first: figure(warm.slice(0, third)), last: figure(warm.slice(-third)) };
}
