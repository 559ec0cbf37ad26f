// Removes a person, and builds people from known histograms.
import { LbphRecogniser } from './lbph.js';
import { People } from './people.js';

/** The other people, with a new threshold; undefined when there are none. */
export function peopleWithout(people: People, name: string): People | undefined {
  const { recogniser } = people;
  const names = people.names.filter((other) => other !== name);
  const nameOf = (label: number): string => recogniser.labelNames.get(label) || `label ${label}`;
  const kept = [...recogniser.labels.keys()].filter((index) => nameOf(recogniser.labels[index]!) !== name);
  if (kept.length === 0) return undefined;
  const others = peopleOf(people, {
    labels: kept.map((index) => names.indexOf(nameOf(recogniser.labels[index]!))),
    histograms: kept.map((index) => recogniser.histogram(index)),
    names,
  });
  others.taught = new Map([...people.taught].filter(([person]) => person !== name));
  return others;
}

export interface KnownFaces {
  /** The person of each face: an index of `names`. */
  readonly labels: readonly number[];
  readonly histograms: readonly Float32Array[];
  readonly names: readonly string[];
}

/** People with the preparation of `like`. The threshold is estimated from their faces if `like` has one. */
export function peopleOf(like: People, { labels, histograms, names }: KnownFaces): People {
  const { radius, neighbors, gridX, gridY, threshold } = like.recogniser;
  const recogniser = LbphRecogniser.restore({
    options: { radius, neighbors, gridX, gridY, threshold },
    labels,
    histograms,
    labelNames: new Map(names.entries()),
    ...(like.faceSize ? { pictureSize: like.faceSize } : {}),
  });
  const people = People.restore(recogniser, like);
  if (like.threshold !== undefined) people.learnThreshold();
  return people;
}
