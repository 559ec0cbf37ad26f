// Ours: a stem at full size, then three stages at a half, a quarter and an eighth of it, each a convolution that widens and
// a residual block with squeeze-excitation. Ten convolutions, as cheap as `compact`'s eight.

import { relu } from '../layers/activation.js';
import { batchNorm } from '../layers/batch-norm.js';
import { conv2d } from '../layers/conv2d.js';
import { dense } from '../layers/dense.js';
import { dropout } from '../layers/dropout.js';
import { standardise } from '../layers/normalise.js';
import { globalAveragePool, maxPool2d } from '../layers/pooling.js';
import { residualSum } from '../layers/residual-sum.js';
import { sequence } from '../layers/sequence.js';
import { squeezeExcitation } from '../layers/squeeze-excitation.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';

export function residual({ dropout: rate = 0.3, l2 = 2.5e-4, classes }: ArchitectureOptions): Architecture {
  const conv = (filters: number) => [conv2d({ filters, kernel: 3, bias: false, l2 }), batchNorm()];
  const block = (filters: number) =>
    residualSum(sequence(...conv(filters), relu(), ...conv(filters), squeezeExcitation({ l2 })));
  // Pools come before their ReLU: the same function, the ReLU on a quarter of the elements, and no windows of equal zeros.
  return {
    name: 'residual',
    input: { height: 48, width: 48 },
    view: { height: 44, width: 44 },
    crop: { height: 44, width: 44 },
    features: sequence(
      standardise(),
      ...[...conv(32), maxPool2d(), relu()],
      ...[...conv(56), relu(), block(56), maxPool2d(), relu()],
      ...[...conv(112), relu(), block(112), maxPool2d(), relu()],
      ...[...conv(216), relu(), block(216), relu()],
      globalAveragePool(),
      dropout(rate),
    ),
    head: dense({ units: classes, l2 }),
  };
}
