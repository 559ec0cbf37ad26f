// Who a track is: a vote over its last identifications, so that one bad frame renames nobody.
import { ConfigError } from '../errors.js';

/** One answer of the recogniser: `person` null means unknown; `distance` is that of the nearest known face. */
export interface Identification {
  readonly person: string | null;
  readonly distance: number;
}

export interface TrackIdentityOptions {
  /** Identifications that vote; a track is settled once they all agree. Default 5. */
  readonly votes?: number;
  /** A settled track is identified again every so many frames; 1 means every frame. Default 10. */
  readonly every?: number;
}

/** What is known of one track's identity. A value: `withVote` and `withoutVote` give the next one. */
export class TrackIdentity {
  readonly #votes: readonly Identification[];
  readonly #age: number;
  readonly #options: Required<TrackIdentityOptions>;

  private constructor(votes: readonly Identification[], age: number, options: Required<TrackIdentityOptions>) {
    this.#votes = votes;
    this.#age = age;
    this.#options = options;
  }

  /** A track that nobody looked at yet. */
  static create({ votes = 5, every = 10 }: TrackIdentityOptions = {}): TrackIdentity {
    for (const [name, value] of Object.entries({ votes, every })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new ConfigError(`identification's ${name} must be a whole number of at least 1, found ${value}`);
      }
    }
    return new TrackIdentity([], 0, { votes, every });
  }

  /** Whether this frame's face should be identified. Counts frames, never time, so a file gives the same each run. */
  get isDue(): boolean {
    return !this.#isSettled || this.#age + 1 >= this.#options.every;
  }

  /** The person with most votes, the nearer among equals, and the latest distance at which they were seen. */
  get decision(): Identification | undefined {
    const counted = new Map<string | null, { count: number; nearest: number; latest: Identification }>();
    for (const vote of this.#votes) {
      const entry = counted.get(vote.person);
      counted.set(vote.person, {
        count: (entry?.count ?? 0) + 1,
        nearest: Math.min(entry?.nearest ?? Infinity, vote.distance),
        latest: vote,
      });
    }
    const [best] = [...counted.values()].sort((a, b) => b.count - a.count || a.nearest - b.nearest);
    return best?.latest;
  }

  /** After a frame in which the face was identified. */
  withVote(vote: Identification): TrackIdentity {
    return new TrackIdentity([...this.#votes, vote].slice(-this.#options.votes), 0, this.#options);
  }

  /** After a frame in which it was not. */
  withoutVote(): TrackIdentity {
    return new TrackIdentity(this.#votes, this.#age + 1, this.#options);
  }

  get #isSettled(): boolean {
    return (
      this.#votes.length === this.#options.votes && this.#votes.every(({ person }) => person === this.#votes[0]!.person)
    );
  }
}
