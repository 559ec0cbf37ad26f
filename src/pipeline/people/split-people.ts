// Draws the known people and their pictures; everybody else is a stranger.
import { PeopleError } from '../../core/errors.js';
import { createRandom } from '../../core/numbers/random.js';
import type { EvaluatePeopleConfig } from './config.js';

type NamedSample<T> = readonly [name: string, sample: T];

/** Three disjoint sets of pictures. */
export interface PeopleSplit<T> {
  /** The gallery. */
  readonly gallery: ReadonlyMap<string, readonly T[]>;
  /** The known people's other pictures. */
  readonly known: readonly NamedSample<T>[];
  readonly strangers: readonly NamedSample<T>[];
}

export type SplitSettings = Pick<EvaluatePeopleConfig, 'known' | 'pictures'>;

/**
 * Splits people by a seed; the order of the names does not matter. A known person has at least two pictures and is enrolled
 * from all but one at most. Throws PeopleError when there are not two known people and a stranger.
 */
export function splitPeople<T>(
  byName: ReadonlyMap<string, readonly T[]>,
  { known: share, pictures }: SplitSettings,
  seed: number,
): PeopleSplit<T> {
  const random = createRandom(seed);
  const names = [...byName.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const drawn = random.shuffle([...names]);
  const able = drawn.filter((name) => byName.get(name)!.length >= 2);
  const count = Math.min(Math.max(2, Math.round(share * names.length)), able.length, names.length - 1);
  if (count < 2) {
    throw new PeopleError(
      `an evaluation needs two known people with two pictures each and a stranger; found ${names.length} people, ${able.length} of them with two pictures; add people or pictures`,
    );
  }
  const known = able.slice(0, count);
  const gallery = new Map<string, readonly T[]>();
  const probes: NamedSample<T>[] = [];
  for (const name of known) {
    const samples = random.shuffle([...byName.get(name)!]);
    const learnt = Math.min(pictures, samples.length - 1);
    gallery.set(name, samples.slice(0, learnt));
    probes.push(...samples.slice(learnt).map((sample): NamedSample<T> => [name, sample]));
  }
  const others = names.filter((name) => !gallery.has(name));
  const strangers = others.flatMap((name) => byName.get(name)!.map((sample): NamedSample<T> => [name, sample]));
  return { gallery, known: probes, strangers };
}
