// The Wilson score interval of a share (Wilson 1927): valid also for small samples and shares near 0 or 1.

/** The 97.5 % point of the standard normal distribution: two-sided 95 %. */
const z95 = 1.959963984540054;

/** The interval `[low, high]` of the share `successes / n`; 95 % unless another `z` is given; `[0, 1]` when n is 0. */
export function wilsonInterval(successes: number, n: number, z = z95): [low: number, high: number] {
  if (!(successes >= 0 && successes <= n)) {
    throw new RangeError(`wilsonInterval: successes must be 0..n, found ${successes} of ${n}`);
  }
  if (n === 0) return [0, 1];
  const share = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [successes === 0 ? 0 : Math.max(0, centre - half), successes === n ? 1 : Math.min(1, centre + half)];
}
