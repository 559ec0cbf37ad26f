/** A duration in milliseconds: three decimals below 10, otherwise one. */
export function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}
