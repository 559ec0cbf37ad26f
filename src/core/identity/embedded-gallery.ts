// The people that can be recognised by a face embedding: everybody's embeddings and pictures, and the distance from which a face is unknown.
import type { ChipForm } from '../detect/face-chip.js';
import { PeopleError } from '../errors.js';
import { unitDistance } from './embedding/unit-distance.js';
import { unitMean } from './embedding/unit-mean.js';
import { defaultFalseAccepts, strangerThreshold } from './embedding-threshold.js';
import type { Identification } from './identification.js';
import { byCode, joinByName } from './join-by-name.js';
import type { ExamplesByPerson } from './personal-section.js';

/** A face of a known person. */
export interface EmbeddedPicture {
  /** Of unit length. */
  readonly embedding: Float32Array;
  /** The face chip as a picture file (JPEG, PNG), so that another embedding can be computed; not kept of every picture. */
  readonly picture?: Uint8Array | undefined;
}

/** The embedding that made the vectors. */
export interface EmbeddingFacts {
  readonly name: string;
  /** SHA-256 of the model's file. */
  readonly hash: string;
  /** Length of a vector. */
  readonly length: number;
  /** How the kept pictures are cut. */
  readonly chip: ChipForm;
}

/** Distance from which a face is unknown, and what it was chosen for. */
export interface EmbeddingThreshold {
  /** Undefined: everybody is named. */
  readonly distance: number | undefined;
  /** The share of strangers, 0..1, that it was chosen for; undefined where the user gave the distance. */
  readonly falseAccepts: number | undefined;
}

export interface ThresholdChoice {
  /** 'auto' (default) finds it for `falseAccepts`; 'none' always names somebody. */
  readonly threshold?: 'auto' | 'none' | number;
  /** Share of strangers that may be named, 0.000001 to 0.5; default 0.01. */
  readonly falseAccepts?: number;
}

/**
 * Strangers are nearer to the mean of different pictures than to a single picture: by so much for each unit that the mean of their unit vectors
 * is shorter than 1. Measured (docs/experiments/identity.md, 'A threshold for strangers').
 */
const nearerPerLength = 1.7;

/** Of one person: more would hardly improve the gallery of another embedding, and a file must have room for a thousand people. */
const mostKeptPictures = 20;

interface Person {
  readonly pictures: readonly EmbeddedPicture[];
  readonly centre: Float32Array;
  /** Added to distances, so that those to people with few or many, like or different pictures can be compared. */
  readonly spread: number;
}

/** Known people by embedding. Immutable but for `taught`. */
export class EmbeddedGallery {
  readonly facts: EmbeddingFacts;
  readonly #persons: ReadonlyMap<string, Person>;
  readonly #threshold: EmbeddingThreshold;
  /** The personal examples of people's expressions; saved with them. */
  taught: ExamplesByPerson;

  /** Throws PeopleError for a person whose embeddings cancel each other out. */
  constructor(
    facts: EmbeddingFacts,
    people: Iterable<readonly [string, readonly EmbeddedPicture[]]>,
    threshold: EmbeddingThreshold,
    taught: ExamplesByPerson = new Map(),
  ) {
    this.facts = facts;
    const sorted = [...people].sort(([a], [b]) => byCode(a, b));
    this.#persons = new Map(sorted.map(([name, pictures]) => [name, personOf(name, pictures)]));
    this.#threshold = threshold;
    this.taught = taught;
  }

  /** Names are brought into one form, faces of equal names joined. Throws PeopleError for nobody, for somebody without a picture, and as `strangerThreshold`. */
  static train(
    facts: EmbeddingFacts,
    byName: Iterable<readonly [string, readonly EmbeddedPicture[]]>,
    choice: ThresholdChoice = {},
  ): EmbeddedGallery {
    const people = joinByName(byName).map(([name, pictures]) => [name, keepSomePictures(pictures)] as const);
    return new EmbeddedGallery(facts, people, chooseThreshold(facts, people, choice));
  }

  /** The same people with another threshold. */
  withThreshold(choice: ThresholdChoice): EmbeddedGallery {
    const people = this.#pictures();
    return new EmbeddedGallery(this.facts, people, chooseThreshold(this.facts, people, choice), this.taught);
  }

  /** The other people; undefined when there are none. A threshold that was found is found again. */
  without(name: string): EmbeddedGallery | undefined {
    const others = this.#pictures().filter(([person]) => person !== name);
    if (others.length === 0) return undefined;
    const taught = new Map([...this.taught].filter(([person]) => person !== name));
    const rest = new EmbeddedGallery(this.facts, others, this.#threshold, taught);
    if (this.falseAccepts === undefined) return rest;
    try {
      return rest.withThreshold({ falseAccepts: this.falseAccepts });
    } catch (error) {
      if (!(error instanceof PeopleError)) throw error;
      // Too few people to find one: with the old threshold fewer people name fewer strangers.
      return rest;
    }
  }

  /** The nearest person and the distance to the mean of their pictures, regardless of the threshold. `embedding` has unit length. */
  nearest(embedding: Float32Array): Identification & { readonly person: string } {
    let nearest = { person: '', distance: Infinity };
    for (const [person, { centre, spread }] of this.#persons) {
      const distance = unitDistance(embedding, centre) + spread;
      if (distance < nearest.distance) nearest = { person, distance };
    }
    return nearest;
  }

  /** The nearest person, null where even that one is too far. */
  identify(embedding: Float32Array): Identification {
    const { person, distance } = this.nearest(embedding);
    return { person: distance < (this.threshold ?? Infinity) ? person : null, distance };
  }

  /** Everybody's name, sorted. */
  get names(): readonly string[] {
    return [...this.#persons.keys()];
  }

  /** The number of pictures of a person. */
  pictureCount(name: string): number {
    return this.pictures(name).length;
  }

  /** The pictures of a person; empty for a stranger. */
  pictures(name: string): readonly EmbeddedPicture[] {
    return this.#persons.get(name)?.pictures ?? [];
  }

  /** Distance from which a face is unknown; undefined when every face gets a name. */
  get threshold(): number | undefined {
    return this.#threshold.distance;
  }

  /** The share of strangers, 0..1, that the threshold was chosen for; undefined where it was given. */
  get falseAccepts(): number | undefined {
    return this.#threshold.falseAccepts;
  }

  #pictures(): (readonly [string, readonly EmbeddedPicture[]])[] {
    return [...this.#persons].map(([name, { pictures }]) => [name, pictures]);
  }
}

/** Every embedding stays, and the pictures of some, spread over all. */
function keepSomePictures(pictures: readonly EmbeddedPicture[]): EmbeddedPicture[] {
  const every = Math.ceil(pictures.length / mostKeptPictures);
  return pictures.map(({ embedding, picture }, i) => (i % every === 0 ? { embedding, picture } : { embedding }));
}

function personOf(name: string, pictures: readonly EmbeddedPicture[]): Person {
  try {
    const { direction, length } = unitMean(pictures.map(({ embedding }) => embedding));
    return { pictures, centre: direction, spread: nearerPerLength * Math.max(0, 1 - length) };
  } catch (cause) {
    throw new PeopleError(`the embeddings of ${name} must have a mean, and cancel each other out; train again`, {
      cause,
    });
  }
}

function chooseThreshold(
  facts: EmbeddingFacts,
  people: readonly (readonly [string, readonly EmbeddedPicture[]])[],
  { threshold = 'auto', falseAccepts = defaultFalseAccepts }: ThresholdChoice,
): EmbeddingThreshold {
  if (threshold === 'none') return { distance: undefined, falseAccepts: undefined };
  if (threshold === 'auto') {
    const gallery = people.map(([, pictures]) => pictures.map(({ embedding }) => embedding));
    return { distance: strangerThreshold(facts.name, gallery, falseAccepts), falseAccepts };
  }
  if (!(threshold > 0 && threshold < Infinity)) {
    throw new PeopleError(`a threshold must be above 0; found ${threshold}; use 'none' to take everybody for known`);
  }
  return { distance: threshold, falseAccepts: undefined };
}
