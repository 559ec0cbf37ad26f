// Optimisers: they move weights in place, given gradients. Their state is plain arrays, so that a checkpoint can hold it.
import { RunError } from '../errors.js';
import type { Weights } from '../nn/architectures/parameters.js';

/** How a step shrinks weights, per parameter name; a parameter that is not named is left alone. */
export interface Shrinkage {
  /** Penalty `l2 * sum(w^2)` of the loss: its gradient `2 * l2 * w` joins the others, and momentum with them. */
  readonly l2: ReadonlyMap<string, number>;
  /** Decoupled weight decay (Loshchilov & Hutter 2019): `w -= rate * decay * w`, apart from gradients and momentum. */
  readonly decay: ReadonlyMap<string, number>;
}

export interface Optimiser {
  /** Applies one step with the given learning rate. */
  step(weights: Weights, gradients: ReadonlyMap<string, Float32Array>, shrinkage: Shrinkage, rate: number): void;
  /** Named arrays that continue the run when given back to `restore`; none of them before the first step, or all. */
  state(): Weights;
  /** Throws RunError for the state of another optimiser: continuing without its own would begin anew unsaid. */
  restore(state: ReadonlyMap<string, Float32Array>): void;
}

export type OptimiserOptions =
  | { readonly name: 'adam'; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | { readonly name: 'sgd'; readonly momentum?: number; readonly nesterov?: boolean };

export function createOptimiser(options: OptimiserOptions): Optimiser {
  return options.name === 'adam' ? new Adam(options) : new Sgd(options);
}

/** Adam (Kingma & Ba 2015) in the form of its section 2 and of Keras: epsilon is added to the uncorrected root. */
class Adam implements Optimiser {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  #step = 0;
  #first: Weights = new Map();
  #second: Weights = new Map();

  constructor({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: { beta1?: number; beta2?: number; epsilon?: number }) {
    this.#beta1 = beta1;
    this.#beta2 = beta2;
    this.#epsilon = epsilon;
  }

  step(weights: Weights, gradients: ReadonlyMap<string, Float32Array>, { l2, decay }: Shrinkage, rate: number): void {
    this.#step++;
    const [beta1, beta2, epsilon] = [this.#beta1, this.#beta2, this.#epsilon];
    const corrected = (rate * Math.sqrt(1 - beta2 ** this.#step)) / (1 - beta1 ** this.#step);
    for (const [name, gradient] of gradients) {
      const w = weights.get(name)!;
      const m = slot(this.#first, name, w.length);
      const v = slot(this.#second, name, w.length);
      const penalty = 2 * (l2.get(name) ?? 0);
      const kept = 1 - rate * (decay.get(name) ?? 0);
      for (let i = 0; i < w.length; i++) {
        const g = gradient[i]! + penalty * w[i]!;
        const mean = beta1 * m[i]! + (1 - beta1) * g;
        const square = beta2 * v[i]! + (1 - beta2) * g * g;
        m[i] = mean;
        v[i] = square;
        w[i] = kept * w[i]! - (corrected * mean) / (Math.sqrt(square) + epsilon);
      }
    }
  }

  state(): Weights {
    const state: Weights = new Map([['step', new Float32Array([this.#step])]]);
    for (const [name, values] of this.#first) state.set(`first/${name}`, values);
    for (const [name, values] of this.#second) state.set(`second/${name}`, values);
    return state;
  }

  restore(state: ReadonlyMap<string, Float32Array>): void {
    requireOwn(state, 'Adam', ['step', 'first/', 'second/']);
    this.#step = state.get('step')?.[0] ?? 0;
    this.#first = slots(state, 'first/');
    this.#second = slots(state, 'second/');
  }
}

/** Stochastic gradient descent with (Nesterov) momentum in the form of Sutskever et al. 2013 as PyTorch writes it. */
class Sgd implements Optimiser {
  readonly #momentum: number;
  readonly #nesterov: boolean;
  #velocity: Weights = new Map();

  constructor({ momentum = 0.9, nesterov = true }: { momentum?: number; nesterov?: boolean }) {
    this.#momentum = momentum;
    this.#nesterov = nesterov;
  }

  step(weights: Weights, gradients: ReadonlyMap<string, Float32Array>, { l2, decay }: Shrinkage, rate: number): void {
    const momentum = this.#momentum;
    // Plain momentum steps by the velocity, Nesterov's by the gradient plus the velocity still to come.
    const [ofGradient, ofVelocity] = this.#nesterov ? [1, momentum] : [0, 1];
    for (const [name, gradient] of gradients) {
      const w = weights.get(name)!;
      const v = slot(this.#velocity, name, w.length);
      const penalty = 2 * (l2.get(name) ?? 0);
      const kept = 1 - rate * (decay.get(name) ?? 0);
      for (let i = 0; i < w.length; i++) {
        const g = gradient[i]! + penalty * w[i]!;
        const velocity = momentum * v[i]! + g;
        v[i] = velocity;
        w[i] = kept * w[i]! - rate * (ofGradient * g + ofVelocity * velocity);
      }
    }
  }

  state(): Weights {
    return new Map([...this.#velocity].map(([name, values]) => [`velocity/${name}`, values]));
  }

  restore(state: ReadonlyMap<string, Float32Array>): void {
    requireOwn(state, 'SGD', ['velocity/']);
    this.#velocity = slots(state, 'velocity/');
  }
}

function requireOwn(state: ReadonlyMap<string, Float32Array>, optimiser: string, keys: readonly string[]): void {
  const strange = [...state.keys()].find((name) => !keys.some((key) => name.startsWith(key)));
  if (strange === undefined) return;
  throw new RunError(
    `a checkpoint must hold the state of the run's optimiser, here ${optimiser}, and this one has ${strange}; put the run's own checkpoint back, or start a new run with --out`,
  );
}

function slot(slots: Map<string, Float32Array>, name: string, length: number): Float32Array {
  let values = slots.get(name);
  if (values === undefined) {
    values = new Float32Array(length);
    slots.set(name, values);
  }
  return values;
}

function slots(state: ReadonlyMap<string, Float32Array>, prefix: string): Map<string, Float32Array> {
  const found = [...state].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, values]) => [name.slice(prefix.length), values.slice()]));
}
