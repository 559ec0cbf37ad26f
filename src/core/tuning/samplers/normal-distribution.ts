// The standard normal distribution in logarithms, to full double precision also far in its tails.

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** log of the density at x. */
export function logNormalDensity(x: number): number {
  return -0.5 * x * x - LOG_SQRT_2PI;
}

/**
 * log P(a < X <= b) for a <= b. In the tails both ends are taken on the side where they are small, so that nothing cancels;
 * -Infinity when a = b.
 */
export function logNormalMass(a: number, b: number): number {
  if (a > 0) return logNormalMass(-b, -a);
  if (b <= 0) {
    const upper = logNormalCumulative(b);
    // So much smaller that it changes no digit.
    if (a * a - b * b > 80) return upper;
    return upper + Math.log1p(-Math.exp(logNormalCumulative(a) - upper));
  }
  return Math.log1p(-normalCumulative(a) - normalCumulative(-b));
}

/** P(X <= x). */
export function normalCumulative(x: number): number {
  return x > 0 ? 1 - normalCumulative(-x) : 0.5 * Math.exp(logComplementaryError(-x / Math.SQRT2));
}

/** log P(X <= x). */
export function logNormalCumulative(x: number): number {
  return x > 0 ? Math.log1p(-normalCumulative(-x)) : logComplementaryError(-x / Math.SQRT2) - Math.LN2;
}

/** log erfc(z) for z >= 0, to the last digits: log t - z^2 and a smooth rest, t = 2 / (2 + z) (after Press et al. 2007, 6.2). */
function logComplementaryError(z: number): number {
  const t = 2 / (2 + z);
  const y = 4 * t - 2;
  // Clenshaw's recurrence over the rest's Chebyshev series on t in 0..1.
  let [one, two] = [0, 0];
  for (let j = REST.length - 1; j > 0; j--) [one, two] = [y * one - two + REST[j]!, one];
  return Math.log(t) - z * z + 0.5 * (REST[0]! + y * one) - two;
}

/** Computed with 50 digits as sums over 200 Chebyshev nodes. */
const REST = Float64Array.of(
  -1.3026537197817094,
  0.6419697923564902,
  0.019476473204185836,
  -0.009561514786808632,
  -0.0009465953444820369,
  0.00036683949785276145,
  4.252332480690777e-5,
  -2.0278578112534242e-5,
  -1.6242900046470256e-6,
  1.3036558355805232e-6,
  1.5626441722066142e-8,
  -8.523809591492654e-8,
  6.5290544390988515e-9,
  5.059343495551469e-9,
  -9.91364156493033e-10,
  -2.273651222931836e-10,
  9.646791102015527e-11,
  2.3940380830391146e-12,
  -6.886027526497553e-12,
  8.944879273090725e-13,
  3.130921399342958e-13,
  -1.1270822361367252e-13,
  3.810905255189232e-16,
  7.106097613609237e-15,
  -1.5230282014571043e-15,
  -9.457494571291233e-17,
  1.210237189224279e-16,
  -2.816663087747177e-17,
);
