// The people of a recogniser as text for a terminal: trained, listed, identified.
import { tableLines } from '../../report/text-table.js';
import type { PictureIdentity } from '../identify-picture.js';
import type { TrainedPeople } from '../train-people.js';
import { describeDistance, describeShare } from './describe-distance.js';

/** The distance from which a face is unknown, and the share of strangers, 0..1, that it was chosen for. */
export interface ThresholdFacts {
  /** Undefined: everybody is named. */
  readonly threshold: number | undefined;
  /** Undefined where it was not chosen for a share. */
  readonly falseAccepts?: number | undefined;
}

/** Several lines, ending with a line end. `file`: the people file. */
export function describeTrainedPeople(
  file: string,
  { people, counts }: Pick<TrainedPeople<ThresholdFacts>, 'people' | 'counts'>,
): string {
  const lines = [...counts].map(([name, count]) => `  ${name}  ${count} ${count === 1 ? 'picture' : 'pictures'}\n`);
  return `${file}\n${lines.join('')}  threshold  ${describeThreshold(people)}\n`;
}

export interface KnownPerson {
  readonly name: string;
  readonly pictures: number;
  /** Pictures of personal calibration. */
  readonly taught: number;
}

/** A table of everybody, and the threshold; ends with a line end. */
export function describeKnownPeople(people: readonly KnownPerson[], threshold: ThresholdFacts): string {
  const rows = people.map(({ name, pictures, taught }) => [name, String(pictures), taught === 0 ? '' : String(taught)]);
  const table = tableLines({ columns: ['person', 'pictures', 'expressions taught'], rows });
  return `${table.join('\n')}\nthreshold  ${describeThreshold(threshold)}\n`;
}

/** `ada (distance 41.20)`. */
export function describeIdentity({ person, distance }: PictureIdentity): string {
  if (distance === null) return 'no face found';
  return `${person ?? 'unknown'} (distance ${describeDistance(distance)})`;
}

function describeThreshold({ threshold, falseAccepts }: ThresholdFacts): string {
  if (threshold === undefined) return 'none: everybody is taken for someone';
  const chosenFor =
    falseAccepts === undefined ? '' : `, chosen for ${describeShare(falseAccepts)} of the strangers named`;
  return `${describeDistance(threshold)}${chosenFor}`;
}
