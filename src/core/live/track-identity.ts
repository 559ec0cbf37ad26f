// Who a track is: a vote over its last identifications. A name is shown and changed only by agreement, so that one wrong
// identification names or renames nobody.
import { ConfigError } from '../errors.js';
import type { Identification } from '../identity/identification.js';

export interface TrackIdentityOptions {
  /** The number of last identifications that vote; a track is settled once they all agree. Default 5. */
  readonly votes?: number;
  /** Votes that decide on a name or on unknown: more than half of `votes`. Default 4. */
  readonly agreement?: number;
  /** A settled track is identified again every so many frames; 1 means every frame. Default 10. */
  readonly every?: number;
}

interface State {
  readonly votes: readonly Identification[];
  /** The last decision of the votes; null is unknown. */
  readonly decided: string | null;
  /** Frames since the last vote. */
  readonly age: number;
}

/** One track's identity. Immutable: `withVote` and `withoutVote` return the next one. */
export class TrackIdentity {
  readonly #state: State;
  readonly #options: Required<TrackIdentityOptions>;

  private constructor(state: State, options: Required<TrackIdentityOptions>) {
    this.#state = state;
    this.#options = options;
  }

  /** A track that was not identified yet. Throws ConfigError for options that contradict each other. */
  static create({ votes = 5, agreement, every = 10 }: TrackIdentityOptions = {}): TrackIdentity {
    for (const [name, value] of Object.entries({ votes, every })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new ConfigError(`identification's ${name} must be a whole number of at least 1, found ${value}`);
      }
    }
    const needed = agreement ?? Math.ceil(0.8 * votes);
    // Half of the votes could decide on two names at once.
    if (!Number.isSafeInteger(needed) || needed * 2 <= votes || needed > votes) {
      throw new ConfigError(
        `identification's agreement must be a whole number over half of its ${votes} votes and at most all, found ${needed}`,
      );
    }
    return new TrackIdentity({ votes: [], decided: null, age: 0 }, { votes, agreement: needed, every });
  }

  /** Whether this frame's face is to be identified. Counts frames, not time, so that every run of a file gives the same result. */
  get isDue(): boolean {
    return !this.#isSettled || this.#state.age + 1 >= this.#options.every;
  }

  /** The person that the votes last decided on; null is unknown. */
  get person(): string | null {
    return this.#state.decided;
  }

  /** The latest vote's distance to the nearest known face; null before the first vote. */
  get distance(): number | null {
    return this.#state.votes.at(-1)?.distance ?? null;
  }

  /** Mean distance of the votes for `person`; Infinity without a person. */
  get claimDistance(): number {
    const own = this.#state.votes.filter(({ person }) => person !== null && person === this.person);
    return own.length === 0 ? Infinity : own.reduce((sum, { distance }) => sum + distance, 0) / own.length;
  }

  /** The identity after a frame in which the face was identified. */
  withVote(vote: Identification): TrackIdentity {
    const votes = [...this.#state.votes, vote].slice(-this.#options.votes);
    const count = votes.filter(({ person }) => person === vote.person).length;
    const decided = count >= this.#options.agreement ? vote.person : this.#state.decided;
    return new TrackIdentity({ votes, decided, age: 0 }, this.#options);
  }

  /** The identity after a frame in which it was not. */
  withoutVote(): TrackIdentity {
    return new TrackIdentity({ ...this.#state, age: this.#state.age + 1 }, this.#options);
  }

  get #isSettled(): boolean {
    const { votes } = this.#state;
    return votes.length === this.#options.votes && votes.every(({ person }) => person === votes[0]!.person);
  }
}
