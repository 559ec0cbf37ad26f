/** The middle of the values; of an even number, the mean of the middle two. Throws RangeError when there are none. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError('median: needs a value or more, found none');
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
