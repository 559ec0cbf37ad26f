// Ascending numbers as text, consecutive ones as ranges: 0-3,7,9-12.

/** The text of ascending numbers. */
export function encodeRanges(indices: ArrayLike<number>): string {
  const parts: string[] = [];
  for (let i = 0; i < indices.length; ) {
    let end = i;
    while (end + 1 < indices.length && indices[end + 1] === indices[end]! + 1) end++;
    parts.push(end === i ? `${indices[i]}` : `${indices[i]}-${indices[end]}`);
    i = end + 1;
  }
  return parts.join(',');
}

/** Why a text does not hold ranges of numbers below a limit. */
export type RangeFault = { readonly fault: string };

/** Parses the numbers, or returns the fault: wrong syntax, not ascending, or not below `limit`. Never returns more than `limit` numbers. */
export function decodeRanges(text: string, limit: number): Int32Array | RangeFault {
  if (text === '') return new Int32Array();
  const indices: number[] = [];
  let next = 0;
  for (const part of text.split(',')) {
    const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part);
    if (match === null) return { fault: `'${part.slice(0, 20)}' is not a number or a range` };
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    if (last >= limit) return { fault: `${part} is not below ${limit}` };
    if (first < next || last < first) return { fault: `${part} does not ascend` };
    for (let i = first; i <= last; i++) indices.push(i);
    next = last + 1;
  }
  return Int32Array.from(indices);
}
