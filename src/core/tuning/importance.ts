// How much each parameter matters for being among the best: PED-ANOVA (Watanabe, Bansal & Hutter 2023), also for parameters that
// only some trials have, with the rules of Optuna 5.
import { areEqual, type Distribution, isSingle, toInternal } from './journal/distribution.js';
import type { Direction, FrozenTrial } from './journal/frozen-trial.js';
import { logNormalMass } from './samplers/normal-distribution.js';

/** Trials that belong to the best, of all. */
const TOP = 0.1;
/** A number's range is looked at in so many steps. */
const STEPS = 50;
/** With a smaller bandwidth a kernel would fall between the steps. */
const LEAST_BANDWIDTH = 0.5 / 1.64;

/**
 * Shares that add up to 1, the most important first. Of complete trials; equal shares when they tell nothing (fewer than two,
 * or all equally good).
 */
export function parameterImportances(trials: readonly FrozenTrial[], direction: Direction): Map<string, number> {
  const all = trials.filter(({ state, value }) => state === 'complete' && Number.isFinite(value));
  const names = [...new Set(all.flatMap(({ distributions }) => Object.keys(distributions)))].sort();
  const top = new Set(all.length > 1 ? bestOf(all, direction) : []);
  const scores = names.map((name) => [name, all.length > 1 ? divergence(name, all, top) : 0] as const);
  const total = scores.reduce((sum, [, score]) => sum + score, 0);
  const shares = scores.map(([name, score]) => [name, total > 0 ? score / total : 1 / names.length] as const);
  return new Map(shares.sort(([, one], [, other]) => other - one));
}

function bestOf(trials: readonly FrozenTrial[], direction: Direction): FrozenTrial[] {
  const loss = ({ value }: FrozenTrial) => (direction === 'maximize' ? -value! : value!);
  const sorted = trials.map(loss).sort((a, b) => a - b);
  const limit = sorted[Math.ceil(TOP * trials.length) - 1]!;
  return trials.filter((trial) => loss(trial) <= limit);
}

/** Over the distributions that the parameter had: how far the best trials' values differ from all trials' (Pearson's divergence). */
function divergence(name: string, trials: readonly FrozenTrial[], top: ReadonlySet<FrozenTrial>): number {
  let sum = 0;
  for (const { distribution, group } of byDistribution(name, trials)) {
    const best = group.filter((trial) => top.has(trial));
    if (group.length < 2 || best.length === 0 || isSingle(distribution)) continue;
    const [shareOfTop, shareOfAll] = [best.length / top.size, group.length / trials.length];
    const values = (some: readonly FrozenTrial[]) => some.map(({ params }) => toInternal(distribution, params[name]!));
    const density = gridDensity(distribution, values(best));
    const reference = gridDensity(distribution, values(group));
    const pearson = density.reduce((total, p, i) => {
      const q = reference[i]! + 1e-12;
      return total + q * ((p + 1e-12) / q - 1) ** 2;
    }, 0);
    sum += (shareOfTop ** 2 / shareOfAll) * pearson;
  }
  return sum;
}

function byDistribution(name: string, trials: readonly FrozenTrial[]) {
  const groups: { distribution: Distribution; group: FrozenTrial[] }[] = [];
  for (const trial of trials) {
    if (!Object.hasOwn(trial.distributions, name)) continue;
    const distribution = trial.distributions[name]!;
    const known = groups.find((group) => areEqual(group.distribution, distribution));
    if (known) known.group.push(trial);
    else groups.push({ distribution, group: [trial] });
  }
  return groups;
}

/** The probability of each step of the range, or of each choice: a kernel at each that was seen, as often as it was, and a wide one. */
function gridDensity(distribution: Distribution, values: readonly number[]): number[] {
  const counts = countSteps(distribution, values);
  const seen = counts.flatMap((count, step) => (count > 0 ? [step] : []));
  const total = values.length + 1;
  const mixed = (of: (kernel: number, step: number) => number, prior: (step: number) => number) =>
    counts.map((_, step) =>
      seen.reduce((sum, kernel) => sum + (counts[kernel]! / total) * of(kernel, step), prior(step) / total),
    );
  if (distribution.kind === 'categorical') {
    const share = 1 / (seen.length + 1);
    const whole = 1 + counts.length * share;
    return mixed(
      (kernel, step) => (kernel === step ? 1 + share : share) / whole,
      () => 1 / counts.length,
    );
  }
  const last = counts.length - 1;
  const width = scottBandwidth(seen, counts);
  const mass = (centre: number, bandwidth: number) => (step: number) =>
    Math.exp(
      logNormalMass((step - 0.5 - centre) / bandwidth, (step + 0.5 - centre) / bandwidth) -
        logNormalMass((-0.5 - centre) / bandwidth, (last + 0.5 - centre) / bandwidth),
    );
  return mixed((kernel, step) => mass(kernel, width)(step), mass(last / 2, last + 1));
}

function countSteps(distribution: Distribution, values: readonly number[]): number[] {
  if (distribution.kind === 'categorical') {
    const counts = new Array<number>(distribution.choices.length).fill(0);
    for (const value of values) counts[value]!++;
    return counts;
  }
  const { log, low, high, step } = distribution;
  const scaled = (x: number) => (log ? Math.log(x) : x);
  const own =
    log && step !== null
      ? Math.ceil(Math.log2(high - low + 1)) + 1
      : step === null
        ? STEPS
        : Math.round((high - low) / step) + 1;
  const counts = new Array<number>(Math.min(STEPS, own)).fill(0);
  const width = (scaled(high) - scaled(low)) / (counts.length - 1);
  for (const value of values) {
    const place = Math.ceil((scaled(value) - scaled(low)) / width - 0.5);
    counts[Math.min(counts.length - 1, Math.max(0, place))]!++;
  }
  return counts;
}

/** Scott's rule (1992), with the quartiles' distance where that is smaller than the deviation. */
function scottBandwidth(seen: readonly number[], counts: readonly number[]): number {
  const total = seen.reduce((sum, step) => sum + counts[step]!, 0);
  const mean = seen.reduce((sum, step) => sum + step * counts[step]!, 0) / total;
  const squares = seen.reduce((sum, step) => sum + counts[step]! * (step - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  let sum = 0;
  const cumulative = seen.map((step) => {
    sum += counts[step]!;
    return sum;
  });
  const first = cumulative.findIndex((count) => count >= Math.floor(total / 4));
  const third = cumulative.findIndex((count) => count > Math.floor((total * 3) / 4));
  const quartiles = seen.at(third)! - seen[first]!;
  return Math.max(LEAST_BANDWIDTH, 1.059 * Math.min(quartiles / 1.34, deviation) * total ** -0.2);
}
