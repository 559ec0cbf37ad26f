/** A duration to compare with others: 0.123, 12.3. */
export function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}
