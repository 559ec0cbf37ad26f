// Shares as text.

export interface PercentFormat {
  /** Decimals; default 1. */
  readonly digits?: number;
  /** Whether ` %` follows the number; default true. */
  readonly unit?: boolean;
}

/** A share of 0..1 as `68.5 %`; without the unit as `68.5`. */
export function percent(share: number, { digits = 1, unit = true }: PercentFormat = {}): string {
  return `${(100 * share).toFixed(digits)}${unit ? ' %' : ''}`;
}

/** A difference of two shares in percentage points, with its sign: `+1.5`, `-0.8`; `+0.0` for what rounds to nothing. */
export function points(difference: number): string {
  const text = percent(difference, { unit: false });
  return difference >= 0 || text === '-0.0' ? `+${text.replace('-', '')}` : text;
}
