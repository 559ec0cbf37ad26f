// Who a track is: a vote over its last identifications. A name is shown and changed only by agreement, so that one wrong
// identification names or renames nobody.
import { ConfigError } from '../errors.js';
import type { Identification } from '../identity/identification.js';

export interface TrackIdentityOptions {
  /** The number of last identifications that vote; a track is settled once there are so many and all agree. Default 5. */
  readonly votes?: number;
  /** Votes that decide on a name or on unknown: more than half of `votes`. Default 4. */
  readonly agreement?: number;
  /** A settled track is identified again after so many milliseconds; 0 means in every frame. Default 1,500. */
  readonly settledMs?: number;
  /** One whose votes disagree is, after so many; default 200. */
  readonly unsureMs?: number;
}

interface State {
  readonly votes: readonly Identification[];
  /** The last decision of the votes; null is unknown. */
  readonly decided: string | null;
  /** Time of the frame of the last vote; undefined before the first. */
  readonly votedMs: number | undefined;
}

/** One track's identity. Immutable: `withVote` returns the next one. */
export class TrackIdentity {
  readonly #state: State;
  readonly #options: Required<TrackIdentityOptions>;

  private constructor(state: State, options: Required<TrackIdentityOptions>) {
    this.#state = state;
    this.#options = options;
  }

  /** A track that was not identified yet. Throws ConfigError for options that contradict each other. */
  static create(options: TrackIdentityOptions = {}): TrackIdentity {
    const { votes = 5, agreement, settledMs = 1500, unsureMs = 200 } = options;
    if (!Number.isSafeInteger(votes) || votes < 1) {
      throw new ConfigError(`identification's votes must be a whole number of at least 1, found ${votes}`);
    }
    for (const [name, value] of Object.entries({ settledMs, unsureMs })) {
      if (!(value >= 0)) throw new ConfigError(`identification's ${name} must be at least 0, found ${value}`);
    }
    const needed = agreement ?? Math.ceil(0.8 * votes);
    // Half of the votes could decide on two names at once.
    if (!Number.isSafeInteger(needed) || needed * 2 <= votes || needed > votes) {
      throw new ConfigError(
        `identification's agreement must be a whole number over half of its ${votes} votes and at most all, found ${needed}`,
      );
    }
    return new TrackIdentity(
      { votes: [], decided: null, votedMs: undefined },
      { votes, agreement: needed, settledMs, unsureMs },
    );
  }

  /**
   * Whether the face of a frame of this time is to be identified: of a new track in every frame, until it has all its votes. Goes by the frames' own
   * times, so that every run of a file gives the same result.
   */
  isDueAt(timeMs: number): boolean {
    const { votes, votedMs } = this.#state;
    if (votedMs === undefined || votes.length < this.#options.votes) return true;
    const passed = timeMs - votedMs;
    // Before the last vote: the source has begun again.
    return passed < 0 || passed >= (this.#isUnanimous ? this.#options.settledMs : this.#options.unsureMs);
  }

  /** The time of the frame of the last vote; -Infinity before the first. */
  get votedMs(): number {
    return this.#state.votedMs ?? -Infinity;
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

  /** The identity after a frame of this time in which the face was identified. */
  withVote(vote: Identification, timeMs: number): TrackIdentity {
    const votes = [...this.#state.votes, vote].slice(-this.#options.votes);
    const count = votes.filter(({ person }) => person === vote.person).length;
    const decided = count >= this.#options.agreement ? vote.person : this.#state.decided;
    return new TrackIdentity({ votes, decided, votedMs: timeMs }, this.#options);
  }

  get #isUnanimous(): boolean {
    const { votes } = this.#state;
    return votes.every(({ person }) => person === votes[0]!.person);
  }
}
