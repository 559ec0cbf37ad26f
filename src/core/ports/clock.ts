/** Monotonic milliseconds (performance.now in both places). */
export type Clock = () => number;
