// The people of a recogniser as text for a terminal: trained, listed, identified.
import { tableLines } from '../../report/text-table.js';
import type { PictureIdentity } from '../identify-picture.js';
import type { TrainedPeople } from '../train-people.js';

/** Several lines, ending with a line end. `file`: the people file. */
export function describeTrainedPeople(file: string, { people, counts }: TrainedPeople): string {
  const lines = [...counts].map(([name, count]) => `  ${name}  ${count} ${count === 1 ? 'picture' : 'pictures'}\n`);
  return `${file}\n${lines.join('')}  threshold  ${describeThreshold(people.threshold ?? null)}\n`;
}

export interface KnownPerson {
  readonly name: string;
  readonly pictures: number;
  /** Pictures of personal calibration. */
  readonly taught: number;
}

/** A table of everybody, and the threshold (a distance; null: none); ends with a line end. */
export function describeKnownPeople(people: readonly KnownPerson[], threshold: number | null): string {
  const rows = people.map(({ name, pictures, taught }) => [name, String(pictures), taught === 0 ? '' : String(taught)]);
  const table = tableLines({ columns: ['person', 'pictures', 'expressions taught'], rows });
  return `${table.join('\n')}\nthreshold  ${describeThreshold(threshold)}\n`;
}

/** `ada (distance 41.20)`. */
export function describeIdentity({ person, distance }: PictureIdentity): string {
  if (distance === null) return 'no face found';
  return `${person ?? 'unknown'} (distance ${distance.toFixed(2)})`;
}

function describeThreshold(threshold: number | null): string {
  return threshold === null ? 'none: everybody is taken for someone' : threshold.toFixed(2);
}
