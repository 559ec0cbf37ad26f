// MediaPipe's SSD anchors with a fixed size: only their centres matter.

/** A feature map of `cells` x `cells` with `perCell` anchors in each cell. */
export interface AnchorLayer {
  readonly cells: number;
  readonly perCell: number;
}

/** Centres `[x0, y0, x1, y1, ...]`, 0..1, row by row and layer by layer, as the networks order their outputs. */
export function createAnchors(layers: readonly AnchorLayer[]): Float32Array {
  const centres: number[] = [];
  for (const { cells, perCell } of layers) {
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++) {
        for (let i = 0; i < perCell; i++) centres.push((x + 0.5) / cells, (y + 0.5) / cells);
      }
    }
  }
  return Float32Array.from(centres);
}
