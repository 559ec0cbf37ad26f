// The Hungarian method against trying every pairing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assign } from './assignment.js';

/** [pairs, cost] of the best pairing by exhaustive search: most pairs first, then least cost. */
function best(costs: readonly (readonly number[])[], columns: number, row = 0, taken = 0): [number, number] {
  if (row === costs.length) return [0, 0];
  let found = best(costs, columns, row + 1, taken);
  for (let column = 0; column < columns; column++) {
    const cost = costs[row]![column]!;
    if (cost === Infinity || taken & (1 << column)) continue;
    const [pairs, rest] = best(costs, columns, row + 1, taken | (1 << column));
    if (pairs + 1 > found[0] || (pairs + 1 === found[0] && rest + cost < found[1])) found = [pairs + 1, rest + cost];
  }
  return found;
}

it('finds as many pairs and as low a cost as exhaustive search', () => {
  const cell = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(Infinity));
  const matrix = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
    .chain(([rows, columns]) =>
      fc.tuple(
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
        fc.constant(columns),
      ),
    );
  fc.assert(
    fc.property(matrix, ([costs, columns]) => {
      const result = assign(costs, columns);
      const paired = result.flatMap((column, row) => (column < 0 ? [] : [[row, column] as const]));
      expect(new Set(paired.map(([, column]) => column)).size).toBe(paired.length);
      const cost = paired.reduce((sum, [row, column]) => sum + costs[row]![column]!, 0);
      expect([paired.length, cost]).toEqual(best(costs, columns));
    }),
    { numRuns: 300 },
  );
});

it('leaves rows without a possible column unpaired', () => {
  expect(
    assign(
      [
        [Infinity, 1],
        [Infinity, 2],
        [Infinity, Infinity],
      ],
      2,
    ),
  ).toEqual([1, -1, -1]);
  expect(assign([], 3)).toEqual([]);
  expect(assign([[], []], 0)).toEqual([-1, -1]);
});
