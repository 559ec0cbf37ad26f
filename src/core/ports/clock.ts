/** Monotonic milliseconds (performance.now in both places). */
export type Clock = () => number;

/** The date and time of day, ISO 8601 in UTC. */
export type WallClock = () => string;
