// A VGG-style network (Simonyan & Zisserman 2015) with batch norm: four stages of 2, 2, 2 and 3 convolutions, twice the
// filters at each half of the size, global average pooling. Large: for teachers and ensembles.

import { relu } from '../layers/activation.js';
import { batchNorm } from '../layers/batch-norm.js';
import { conv2d } from '../layers/conv2d.js';
import { dense } from '../layers/dense.js';
import { dropout } from '../layers/dropout.js';
import { standardise } from '../layers/normalise.js';
import { globalAveragePool, maxPool2d } from '../layers/pooling.js';
import { sequence } from '../layers/sequence.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';

export function vgg({ dropout: rate = 0.5, l2 = 2.5e-4, classes }: ArchitectureOptions): Architecture {
  const conv = (filters: number) => [conv2d({ filters, kernel: 3, bias: false, l2 }), batchNorm()];
  // The pool before the ReLU: the same function, the ReLU on a quarter of the elements, and no windows of equal zeros.
  const stage = (filters: number) => [...conv(filters), relu(), ...conv(filters), maxPool2d(), relu()];
  return {
    name: 'vgg',
    input: { height: 48, width: 48 },
    view: { height: 44, width: 44 },
    crop: { height: 44, width: 44 },
    features: sequence(
      standardise(),
      ...[48, 96, 192].flatMap(stage),
      ...[1, 2, 3].flatMap(() => [...conv(384), relu()]),
      globalAveragePool(),
      dropout(rate),
    ),
    head: dense({ units: classes, l2 }),
  };
}
