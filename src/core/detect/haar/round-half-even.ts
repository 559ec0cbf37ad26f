/** The nearest whole number, of two equally near the even one: IEEE 754's rounding, and OpenCV's cvRound. */
export function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}
