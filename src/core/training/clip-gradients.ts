// Gradient clipping by the global norm (Pascanu, Mikolov & Bengio 2013).

/**
 * Scales all gradients together, in place, so that their joint Euclidean norm is at most `limit`.
 * Returns the norm before that.
 */
export function clipGradients(gradients: ReadonlyMap<string, Float32Array>, limit: number): number {
  let squares = 0;
  for (const values of gradients.values()) for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  const norm = Math.sqrt(squares);
  if (norm > limit) {
    const factor = limit / norm;
    for (const values of gradients.values()) for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor;
  }
  return norm;
}
