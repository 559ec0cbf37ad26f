// Frames per second and latency percentiles over the newest frames.

const remembered = 120;
const windowMs = 2000;

/** Collects one entry per analysed frame. */
export class Rates {
  #times: number[] = [];
  #latencies: number[] = [];

  add(nowMs: number, latencyMs: number): void {
    this.#times.push(nowMs);
    this.#latencies.push(latencyMs);
    if (this.#latencies.length > remembered) this.#latencies.shift();
    while (this.#times[0]! < nowMs - windowMs) this.#times.shift();
  }

  /** Frames a second up to now; 0 with fewer than two frames in the last two seconds. */
  framesPerSecond(nowMs: number): number {
    const times = this.#times.filter((time) => time >= nowMs - windowMs);
    if (times.length < 2) return 0;
    return ((times.length - 1) * 1000) / (times.at(-1)! - times[0]! || 1);
  }

  /** The latency that a share of the frames stayed below (nearest rank), milliseconds; 0 before the first frame. */
  latencyMs(share: number): number {
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  }

  clear(): void {
    this.#times = [];
    this.#latencies = [];
  }
}
