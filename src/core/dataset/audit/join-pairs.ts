// Joins pairs into groups: the connected components of the graph that the pairs form.

/** The groups of the numbers in `pairs`, each ascending, ordered by their first number (union-find with path halving). */
export function joinPairs(pairs: Iterable<readonly [number, number]>): number[][] {
  const parent = new Map<number, number>();
  const root = (member: number): number => {
    let at = member;
    while (parent.get(at) !== at) {
      parent.set(at, parent.get(parent.get(at)!)!);
      at = parent.get(at)!;
    }
    return at;
  };
  for (const pair of pairs) {
    for (const member of pair) if (!parent.has(member)) parent.set(member, member);
    const [a, b] = [root(pair[0]), root(pair[1])];
    // The smaller number becomes the root, so that a group's root is its first number.
    parent.set(Math.max(a, b), Math.min(a, b));
  }
  const groups = new Map<number, number[]>();
  for (const member of [...parent.keys()].sort((x, y) => x - y)) {
    const first = root(member);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [member]);
    else group.push(member);
  }
  return [...groups.values()];
}
