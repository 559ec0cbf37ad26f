// Seeded random numbers: xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32. The same seed gives the same numbers everywhere.

/** The generator's whole state, as JSON can hold it. */
export type RandomState = readonly [number, number, number, number];

/** A seeded generator. Not for cryptography. */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(state: RandomState) {
    this.restore(state);
  }

  /** A whole number in 0..2^32-1. */
  uint32(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    return this.uint32() / 4294967296;
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number in 0..n-1. */
  integer(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** A number from the standard normal distribution (Box & Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A number from the gamma distribution of scale 1 (Marsaglia & Tsang 2000); `shape` > 0. */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.next()) ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = this.normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - this.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** A number in 0..1 from the beta distribution; `a`, `b` > 0. */
  beta(a: number, b: number): number {
    const [x, y] = [this.gamma(a), this.gamma(b)];
    // Both can round to 0 when the parameters are tiny: then all mass is at the ends.
    return x + y > 0 ? x / (x + y) : this.next() < a / (a + b) ? 1 : 0;
  }

  /** Shuffles in place (Fisher & Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: number } | unknown[]>(items: T): T {
    const array = items as { length: number; [index: number]: unknown };
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = array[i];
      array[i] = array[j];
      array[j] = held;
    }
    return items;
  }

  state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  restore(state: RandomState): void {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }
}

/** A generator for a seed; further numbers (epoch, batch) give independent streams of the same seed. */
export function createRandom(seed: number, ...stream: number[]): Random {
  let mixed = Math.imul(seed | 0, 0x9e3779b9) ^ Math.imul(Math.floor(seed / 4294967296) | 0, 0x85ebca6b);
  const splitmix = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed ^ (mixed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  for (const number of stream) mixed = splitmix() ^ Math.imul(number | 0, 0xc2b2ae35);
  return new Random([splitmix(), splitmix(), splitmix(), splitmix() | 1]);
}
