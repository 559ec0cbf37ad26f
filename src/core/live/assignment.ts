// The assignment problem (Hungarian method with potentials, O(rows^2 * columns)): pairs of least total cost.

/**
 * Returns for each row the column it is paired with, or -1. `costs[row][column]` is finite and at least 0 for pairs
 * that are possible and Infinity for those that are not; as many rows as possible are paired, at the least total cost.
 */
export function assign(costs: readonly (readonly number[])[], columns: number): number[] {
  const rows = costs.length;
  if (rows === 0 || columns === 0) return new Array<number>(rows).fill(-1);
  let largest = 1;
  for (const row of costs) for (const cost of row) if (cost !== Infinity && cost > largest) largest = cost;
  // An impossible pair costs more than all possible ones together, and every row has such a place of its own.
  const impossible = largest * (rows + 1);
  const width = columns + rows;
  const cost = (row: number, column: number): number => {
    const value = column < columns ? costs[row]![column]! : Infinity;
    return value === Infinity ? impossible : value;
  };

  // 1-based, column 0 is the row being placed; see Kuhn-Munkres with potentials.
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(width + 1);
  const rowOf = new Int32Array(width + 1);
  const before = new Int32Array(width + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let column = 0;
    const slack = new Float64Array(width + 1).fill(Infinity);
    const used = new Uint8Array(width + 1);
    do {
      used[column] = 1;
      const current = rowOf[column]!;
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= width; j++) {
        if (used[j]) continue;
        const reduced = cost(current - 1, j - 1) - rowPotential[current]! - columnPotential[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          before[j] = column;
        }
        if (slack[j]! < delta) {
          delta = slack[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= width; j++) {
        if (used[j]) {
          rowPotential[rowOf[j]!]! += delta;
          columnPotential[j]! -= delta;
        } else slack[j]! -= delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      rowOf[column] = rowOf[before[column]!]!;
      column = before[column]!;
    }
  }
  const result = new Array<number>(rows).fill(-1);
  for (let j = 1; j <= columns; j++) {
    const row = rowOf[j]! - 1;
    if (row >= 0 && costs[row]![j - 1] !== Infinity) result[row] = j - 1;
  }
  return result;
}
