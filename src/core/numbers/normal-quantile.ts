/**
 * The value below which `share` (above 0, below 1) of a standard normal distribution lies. Relative error below 1.2e-9 (Acklam's rational
 * approximation). Throws RangeError outside.
 */
export function normalQuantile(share: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError(`normalQuantile: needs a share between 0 and 1, found ${share}`);
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share < 0.02425) {
    const x = Math.sqrt(-2 * Math.log(share));
    return polynomial(tailTop, x) / (polynomial(tailBottom, x) * x + 1);
  }
  const x = share - 0.5;
  return (polynomial(middleTop, x * x) * x) / (polynomial(middleBottom, x * x) * x * x + 1);
}

const middleTop = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const middleBottom = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
const tailTop = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];

/** Coefficients from the highest power to the constant. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
