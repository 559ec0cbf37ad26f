// The network that the training benchmark times beside PyTorch: four convolution blocks and two dense layers
// (3.92 million parameters). For measuring, not for use.

import { relu } from '../layers/activation.js';
import { batchNorm } from '../layers/batch-norm.js';
import { conv2d } from '../layers/conv2d.js';
import { dense, flatten } from '../layers/dense.js';
import { dropout } from '../layers/dropout.js';
import { rescale } from '../layers/normalise.js';
import { maxPool2d } from '../layers/pooling.js';
import { sequence } from '../layers/sequence.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';

export function reference({ dropout: rate = 0.3, l2 = 1e-4, classes }: ArchitectureOptions): Architecture {
  // The pool comes before the ReLU: the function is the same and the ReLU works on a quarter of the elements.
  const block = (filters: number) => [
    conv2d({ filters, kernel: 3, bias: false, l2 }),
    batchNorm(),
    maxPool2d(),
    relu(),
    dropout(rate),
  ];
  return {
    name: 'reference',
    input: { height: 48, width: 48 },
    view: { height: 48, width: 48 },
    crop: { height: 48, width: 48 },
    features: sequence(
      rescale(1 / 255),
      ...[64, 128, 256, 512].flatMap(block),
      ...[flatten(), dense({ units: 512 }), relu(), dropout(rate)],
    ),
    head: dense({ units: classes }),
  };
}
