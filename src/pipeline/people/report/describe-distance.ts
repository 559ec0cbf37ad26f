/** A distance with the digits that tell: those of embeddings are at most 2, those of LBPH some tens. */
export function describeDistance(distance: number): string {
  return distance.toFixed(distance < 2 ? 3 : 2);
}

/** A share, 0..1, that somebody chose: `1 %`, `0.05 %`. */
export function describeShare(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
