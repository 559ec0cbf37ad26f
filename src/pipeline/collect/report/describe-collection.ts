// What a collection saved and what it did not, as text for a terminal.
import { rejections } from '../check-face.js';
import type { Collection } from '../collect.js';

export interface CollectionPlace {
  readonly folder: string;
  /** Pictures that were asked for. */
  readonly wanted: number;
}

/** Several lines, ending with a line end. */
export function describeCollection({ saved, looked, rejected }: Collection, place: CollectionPlace): string {
  const lines = [
    `${place.folder}: ${saved} of ${place.wanted} pictures saved, ${looked} frames looked at`,
    ...rejectionLines(rejected).map((line) => `  not saved, ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The error's message when nothing was saved. */
export function describeEmptyCollection({ looked, rejected }: Collection): string {
  const lines = rejectionLines(rejected).map((line) => `\n  ${line}`);
  return `nothing usable was found: ${looked} frames looked at, none saved${lines.join('')}\nCome nearer, with light from the front, alone in the picture`;
}

function rejectionLines(rejected: Collection['rejected']): string[] {
  return rejections.flatMap((reason) => (rejected[reason] === undefined ? [] : [`${reason}: ${rejected[reason]}`]));
}
