// Whether a detection cannot be a face by its depth: its distance, its size, and whether it is flat.
import { ConfigError } from '../../errors.js';
import type { FaceDepth } from './depth-of-face.js';

/** The rules. One for which too little was measured is not applied. */
export interface DepthRules {
  /** Nearest and farthest distance. Default 350 to 5000 mm: the camera's own range and a little more. */
  readonly rangeMm: readonly [nearest: number, farthest: number];
  /** Narrowest and widest box. Default 80 to 300 mm; detectors' boxes are narrower and wider than a face's 110 to 170 mm. */
  readonly widthMm: readonly [narrowest: number, widest: number];
  /** Share of the box's middle, 0..1, that must be measured for the rules to apply. Default 0.4. */
  readonly validShare: number;
  /** Least relief of a face beyond noise: root mean square distance from a plane. Default 3 mm. */
  readonly reliefMm: number;
  /** Least bulge of a face; a face that has one of the two is not flat. Default 2.5 mm. */
  readonly bulgeMm: number;
  /** Least relief of a face together with what is around it, half a box on each side. Default 20 mm. */
  readonly surroundingsReliefMm: number;
}

export const defaultDepthRules: DepthRules = {
  rangeMm: [350, 5000],
  widthMm: [80, 300],
  validShare: 0.4,
  reliefMm: 3,
  bulgeMm: 2.5,
  surroundingsReliefMm: 20,
};

/** At larger noise (2.5 and 4 m for a Kinect v1) a face cannot be told from a picture of one, or from a wall. */
const largestNoiseMm = { face: 10.3, surroundings: 26.5 };
/** Tolerance, because real cameras are a little better or worse than their model. */
const noiseTolerance = 1.2;

/** Why this cannot be a face; undefined when it can, or too little was measured. */
export function whyNoFace(face: FaceDepth, rules: DepthRules = defaultDepthRules): string | undefined {
  const { validShare, depthMm, widthMm, noiseMm } = face;
  if (validShare < rules.validShare || depthMm === null || widthMm === null || noiseMm === null) return undefined;
  const [nearest, farthest] = rules.rangeMm;
  if (depthMm < nearest) return `too near: ${inMetres(depthMm)} away, less than ${inMetres(nearest)}`;
  if (depthMm > farthest) return `too far: ${inMetres(depthMm)} away, more than ${inMetres(farthest)}`;
  const [narrowest, widest] = rules.widthMm;
  if (widthMm < narrowest) return `too small for a face: ${inCentimetres(widthMm)} wide at ${inMetres(depthMm)}`;
  if (widthMm > widest) return `too large for a face: ${inCentimetres(widthMm)} wide at ${inMetres(depthMm)}`;
  if (isFlat(face, noiseMm, rules)) return 'flat: a picture of a face';
  if (isOnWall(face, noiseMm, rules)) return 'flat with all around it: on a wall';
  return undefined;
}

function isFlat({ reliefMm, bulgeMm }: FaceDepth, noiseMm: number, rules: DepthRules): boolean {
  if (reliefMm === null || bulgeMm === null || noiseMm > largestNoiseMm.face) return false;
  return reliefMm < Math.hypot(rules.reliefMm, noiseMm * noiseTolerance) && bulgeMm < rules.bulgeMm;
}

function isOnWall({ surroundingsReliefMm }: FaceDepth, noiseMm: number, rules: DepthRules): boolean {
  if (surroundingsReliefMm === null || noiseMm > largestNoiseMm.surroundings) return false;
  return surroundingsReliefMm < Math.hypot(rules.surroundingsReliefMm, noiseMm * noiseTolerance);
}

/** Throws ConfigError for rules that contradict themselves. */
export function requireDepthRules(rules: DepthRules): void {
  for (const name of ['rangeMm', 'widthMm'] as const) {
    const [low, high] = rules[name];
    if (low >= 0 && high > low) continue;
    throw new ConfigError(`the depth filter's ${name} must be a smaller and a larger number, found ${low} and ${high}`);
  }
  if (!(rules.validShare > 0 && rules.validShare <= 1)) {
    throw new ConfigError(`the depth filter's validShare must lie above 0 and at most at 1, found ${rules.validShare}`);
  }
  for (const name of ['reliefMm', 'bulgeMm', 'surroundingsReliefMm'] as const) {
    if (rules[name] >= 0) continue;
    throw new ConfigError(`the depth filter's ${name} must be 0 (never flat) or more, found ${rules[name]}`);
  }
}

const inMetres = (mm: number): string => `${(mm / 1000).toFixed(2)} m`;
const inCentimetres = (mm: number): string => `${(mm / 10).toFixed(1)} cm`;
