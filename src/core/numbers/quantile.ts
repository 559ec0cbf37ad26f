/**
 * The value below which `share` (0..1) of the sorted values lie, linear between neighbours (type 7 of Hyndman & Fan 1996,
 * NumPy's default). Throws RangeError when there are none.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const n = sorted.length;
  if (n === 0 || !(share >= 0 && share <= 1)) {
    throw new RangeError(`quantile: needs a value or more and a share of 0 to 1, found ${n} values and ${share}`);
  }
  const position = share * (n - 1);
  const low = Math.floor(position);
  const below = sorted[low]!;
  const above = sorted[Math.min(n - 1, low + 1)]!;
  // Equal ones may be infinite, without a difference.
  return below === above ? below : below + (position - low) * (above - below);
}
