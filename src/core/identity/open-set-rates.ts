// Rates of named known people and rejected strangers, at one threshold and over all thresholds (open-set
// identification: Phillips, Grother & Micheals, "Evaluation Methods in Face Recognition", 2011).

/** One probe of a recogniser. */
export interface OpenSetProbe {
  /** Whether its person is enrolled. */
  readonly isKnown: boolean;
  /** Whether the nearest known face is its person's; false for strangers. */
  readonly isRight: boolean;
  /** Distance to the nearest known face. */
  readonly distance: number;
}

/** Shares 0..1. The first three are of the known people's pictures and sum to 1, the last is of the strangers' pictures. */
export interface OpenSetRates {
  /** Named correctly. */
  readonly named: number;
  /** Named as somebody else. */
  readonly misnamed: number;
  /** Rejected as unknown (false reject). */
  readonly falseReject: number;
  /** Strangers given a name (false accept). */
  readonly falseAccept: number;
}

/** The rates of a threshold: faces nearer than it are named. Throws RangeError without known people's pictures or strangers'. */
export function openSetRates(probes: readonly OpenSetProbe[], threshold: number): OpenSetRates {
  const known = probes.filter(({ isKnown }) => isKnown);
  const strangers = probes.filter(({ isKnown }) => !isKnown);
  mustHaveBoth(known, strangers);
  const accepted = known.filter(({ distance }) => distance < threshold);
  const right = accepted.filter(({ isRight }) => isRight).length;
  return {
    named: right / known.length,
    misnamed: (accepted.length - right) / known.length,
    falseReject: 1 - accepted.length / known.length,
    falseAccept: strangers.filter(({ distance }) => distance < threshold).length / strangers.length,
  };
}

/** The share of the known people's pictures whose nearest known face is their person's, without any threshold. */
export function rankOne(probes: readonly OpenSetProbe[]): number {
  const known = probes.filter(({ isKnown }) => isKnown);
  return known.filter(({ isRight }) => isRight).length / known.length;
}

/** The largest threshold that accepts at most this share of the strangers: the best one in hindsight, which cannot be derived from a gallery. */
export function hindsightThreshold(probes: readonly OpenSetProbe[], falseAccept: number): number {
  const distances = Float64Array.from(probes.flatMap(({ isKnown, distance }) => (isKnown ? [] : [distance]))).sort();
  return distances[Math.floor(falseAccept * distances.length)] ?? Number.MAX_VALUE;
}

/** The rates at `count` thresholds, evenly spaced from the smallest distance to just above the largest. */
export function openSetCurve(
  probes: readonly OpenSetProbe[],
  count: number,
): readonly (OpenSetRates & { readonly threshold: number })[] {
  const distances = probes.map(({ distance }) => distance);
  const smallest = distances.reduce((a, b) => Math.min(a, b));
  const largest = distances.reduce((a, b) => Math.max(a, b));
  const step = (largest - smallest) / (count - 1);
  return Array.from({ length: count }, (_, i) => {
    const threshold = i === count - 1 ? largest + Math.max(step, 1e-9) : smallest + i * step;
    return { threshold, ...openSetRates(probes, threshold) };
  });
}

function mustHaveBoth(known: readonly OpenSetProbe[], strangers: readonly OpenSetProbe[]): void {
  if (known.length > 0 && strangers.length > 0) return;
  throw new RangeError(
    `openSetRates: there must be pictures of known people and of strangers, found ${known.length} and ${strangers.length}`,
  );
}
