// What bench/tuning.mjs minimises. Each has its twin in tuning-optuna.py.

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const C = [1, 1.2, 3, 3.2];

const sum = (values) => values.reduce((total, value) => total + value, 0);
const floats = (trial, count, low, high) =>
  Array.from({ length: count }, (_, i) => trial.suggestFloat(`x${i}`, low, high));

function sphere(trial) {
  return sum(floats(trial, 5, -5, 5).map((x) => x * x));
}

function rosenbrock(trial) {
  const x = floats(trial, 4, -2, 2);
  return sum(x.slice(1).map((b, i) => 100 * (b - x[i] ** 2) ** 2 + (1 - x[i]) ** 2));
}

function hartmann6(trial) {
  const x = floats(trial, 6, 0, 1);
  return -sum(C.map((c, i) => c * Math.exp(-sum(x.map((value, j) => A[i][j] * (value - P[i][j]) ** 2)))));
}

function branin(trial) {
  const [x, y] = [trial.suggestFloat('x', -5, 10), trial.suggestFloat('y', 0, 15)];
  const bowl = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

/** Like hyperparameters of a network: logarithmic numbers, whole ones, steps, and a choice that moves the optimum. */
function mixed(trial) {
  const rate = trial.suggestFloat('rate', 1e-5, 1, { log: true });
  const units = trial.suggestInt('units', 8, 512, { log: true });
  const layers = trial.suggestInt('layers', 1, 8);
  const dropout = trial.suggestFloat('dropout', 0, 0.8, { step: 0.1 });
  const kind = trial.suggestCategorical('kind', ['adam', 'sgd', 'rmsprop']);
  const best = { adam: -2.5, sgd: -1, rmsprop: -3 }[kind];
  const cost = { adam: 0, sgd: 0.15, rmsprop: 0.3 }[kind];
  const distance = 0.3 * (Math.log10(rate) - best) ** 2 + 0.2 * (Math.log2(units) - 7) ** 2;
  return cost + distance + 0.05 * (layers - 4) ** 2 + (dropout - 0.3) ** 2;
}

export const functions = { sphere, rosenbrock, hartmann6, branin, mixed };
