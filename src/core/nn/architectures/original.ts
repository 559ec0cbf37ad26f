// The study case's network, exactly (Keras: 2,346,887 parameters at kernel 3): valid padding, glorot-uniform kernels,
// batch norm after the pool, L2 on all convolutions but the first, dropout up to the last layer.

import { relu } from '../layers/activation.js';
import { batchNorm } from '../layers/batch-norm.js';
import { conv2d } from '../layers/conv2d.js';
import { dense, flatten } from '../layers/dense.js';
import { dropout } from '../layers/dropout.js';
import { rescale } from '../layers/normalise.js';
import { maxPool2d } from '../layers/pooling.js';
import { sequence } from '../layers/sequence.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';

export function original(options: ArchitectureOptions): Architecture {
  const { dropout: rate = 0.3107, l2 = 0.0437, kernel = 3, classes } = options;
  const conv = (filters: number, penalty = l2) =>
    conv2d({ filters, kernel, padding: 'valid', l2: penalty, initializer: 'glorot-uniform' });
  const normalised = () => batchNorm({ epsilon: 1e-3, momentum: 0.99 });
  return {
    name: 'original',
    input: { height: 48, width: 48 },
    view: { height: 48, width: 48 },
    crop: { height: 48, width: 48 },
    features: sequence(
      rescale(1 / 255),
      ...[conv(32, 0), relu()],
      ...[conv(64), relu(), maxPool2d(), normalised(), dropout(rate)],
      ...[conv(128), relu(), maxPool2d(), normalised(), dropout(rate)],
      ...[conv(128), relu(), maxPool2d(), normalised(), dropout(rate)],
      ...[flatten(), dense({ units: 1024 }), relu(), dropout(Math.min(rate + 0.25, 0.9))],
    ),
    head: dense({ units: classes }),
  };
}
