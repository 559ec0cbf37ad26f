/** What rounding may leave of the distance of a vector to itself. */
const rounding = 0.002;

/** The distance of two vectors of unit length, 0 to 2; 0 for the same one. */
export function unitDistance(a: Float32Array, b: Float32Array): number {
  let cosine = 0;
  for (let i = 0; i < a.length; i++) cosine += a[i]! * b[i]!;
  const distance = Math.sqrt(Math.max(0, 2 - 2 * cosine));
  return distance < rounding ? 0 : distance;
}
