/** A rounded duration: 8 s, 12 min, 3.4 h. */
export function describeSeconds(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  return seconds < 3570 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
