// Hyperband: successive halving in several brackets, from early and hard to late and mild (Li et al. 2018). Each trial belongs to
// one bracket, by the checksum that Optuna uses, so that workers of both kinds agree.
import { ConfigError } from '../../errors.js';
import { type FrozenTrial, lastStep } from '../journal/frozen-trial.js';
import type { Pruner, Rivals } from './pruner.js';
import { SuccessiveHalvingPruner } from './successive-halving-pruner.js';

export interface HyperbandOptions {
  /** Steps to the first rung of the first bracket; 1 when not given. */
  readonly leastResource?: number;
  /** Steps of a whole trial; when not given, those of the longest complete one, and nothing is pruned before there is one. */
  readonly mostResource?: number;
  /** One in so many is promoted; 3 when not given. */
  readonly reduction?: number;
}

export class HyperbandPruner implements Pruner {
  readonly #leastResource: number;
  readonly #mostResource: number | undefined;
  readonly #reduction: number;

  constructor({ leastResource = 1, mostResource, reduction = 3 }: HyperbandOptions = {}) {
    if (
      !(leastResource >= 1) ||
      !(reduction >= 2) ||
      (mostResource !== undefined && !(mostResource >= leastResource))
    ) {
      const found = `found ${leastResource}, ${mostResource ?? 'none'} and ${reduction}`;
      throw new ConfigError(
        `leastResource must be at least 1, mostResource not below it and reduction at least 2, ${found}`,
      );
    }
    this.#leastResource = leastResource;
    this.#mostResource = mostResource;
    this.#reduction = reduction;
  }

  shouldPrune(trial: FrozenTrial, rivals: Rivals): boolean {
    const most = this.#mostResource ?? longestTrial(rivals.trials);
    if (most === undefined) return false;
    const [leastResource, reduction] = [this.#leastResource, this.#reduction];
    const shares = bracketShares(Math.max(leastResource, most) / leastResource, reduction);
    const bracketOf = ({ number }: FrozenTrial) => bracketAt(shares, checksum(`${rivals.studyName}_${number}`));
    const earlyStopping = bracketOf(trial);
    const pruner = new SuccessiveHalvingPruner({ leastResource, reduction, earlyStopping });
    return pruner.shouldPrune(trial, {
      ...rivals,
      trials: rivals.trials.filter((one) => bracketOf(one) === earlyStopping),
    });
  }
}

/** How many trials of a round each bracket gets. */
function bracketShares(ratio: number, reduction: number): number[] {
  const brackets = Math.floor(Math.log(ratio) / Math.log(reduction)) + 1;
  return Array.from({ length: brackets }, (_, bracket) => {
    const rungs = brackets - 1 - bracket;
    return Math.ceil((brackets * reduction ** rungs) / (rungs + 1));
  });
}

function bracketAt(shares: readonly number[], sum: number): number {
  let rest = sum % shares.reduce((total, share) => total + share, 0);
  let bracket = 0;
  while (rest >= shares[bracket]!) rest -= shares[bracket++]!;
  return bracket;
}

function longestTrial(trials: readonly FrozenTrial[]): number | undefined {
  const steps = trials.filter(({ state }) => state === 'complete').flatMap((trial) => lastStep(trial) ?? []);
  return steps.length === 0 ? undefined : Math.max(...steps) + 1;
}

/** CRC-32 (ISO 3309) of a text's UTF-8 bytes. */
function checksum(text: string): number {
  let crc = -1;
  const bytes = encodeURIComponent(text).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  for (let i = 0; i < bytes.length; i++) {
    crc ^= bytes.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
