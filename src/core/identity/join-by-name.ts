// Brings pictures per person into one form: names as they are kept, equal names joined, everybody with a picture.
import { PeopleError } from '../errors.js';
import { personName } from './person-name.js';

/**
 * Sorted by name; the result does not depend on the order of the names. Throws PeopleError when nobody is there, somebody has no picture, or a
 * name cannot be.
 */
export function joinByName<T>(
  byName: Iterable<readonly [string, readonly T[]]>,
): readonly (readonly [string, readonly T[]])[] {
  const joined = new Map<string, T[]>();
  // Sorted by the name as given too, so that joined names keep one order of pictures.
  for (const [given, samples] of [...byName].sort(([a], [b]) => byCode(a, b))) {
    const name = personName(given);
    joined.set(name, [...(joined.get(name) ?? []), ...samples]);
  }
  const people = [...joined].sort(([a], [b]) => byCode(a, b));
  const without = people.find(([, samples]) => samples.length === 0);
  if (without) throw new PeopleError(`every person needs at least one picture; ${without[0]} has none; add some`);
  if (people.length === 0) throw new PeopleError('training needs at least one person with pictures; found none');
  return people;
}

/** By UTF-16 code units, in every language alike. */
export function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
