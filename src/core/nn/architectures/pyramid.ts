// Ours, for finding faces: a stem to a quarter of the picture's size, then pairs of pointwise and depthwise convolutions at
// an eighth, a sixteenth and a thirty-second of it, and a pyramid of the three. One head looks at every place of every level.

import { outputChannels } from '../../detect/places/places.js';
import { relu } from '../layers/activation.js';
import { batchNorm } from '../layers/batch-norm.js';
import { channelConcat } from '../layers/channel-concat.js';
import { conv2d } from '../layers/conv2d.js';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.js';
import { featurePyramid } from '../layers/feature-pyramid.js';
import type { Layer } from '../layers/layer.js';
import { rescale } from '../layers/normalise.js';
import { maxPool2d } from '../layers/pooling.js';
import { sequence } from '../layers/sequence.js';
import { detection } from '../losses/detection-loss.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';

const filters = 64;

/** A place begins as no face (1 %): else the many empty places would drown the few faces at first (Lin et al. 2017). */
const initialLogit = -Math.log(99);

export function pyramid(_: ArchitectureOptions): Architecture {
  const pair = (): Layer[] => [conv2d({ filters, kernel: 1, bias: false }), depthwiseConv2d(), batchNorm(), relu()];
  const pairs = (count: number): Layer[] => Array.from({ length: count }, pair).flat();
  const conv = (count: number, kernel: number, stride: number): Layer[] => [
    conv2d({ filters: count, kernel, stride, bias: false }),
    batchNorm(),
    relu(),
  ];
  return {
    name: 'pyramid',
    channels: 3,
    // Training sees squares of this size; pictures of any size whose sides 32 divides can be looked at.
    input: { height: 256, width: 256 },
    view: { height: 256, width: 256 },
    crop: { height: 256, width: 256 },
    features: sequence(
      rescale(1 / 64),
      ...conv(32, 6, 4),
      featurePyramid([
        { stage: sequence(...conv(filters, 3, 2), ...pairs(3)), merge: sequence(...pair()) },
        { stage: sequence(maxPool2d(), ...pairs(3)), merge: sequence(...pair()) },
        { stage: sequence(maxPool2d(), ...pairs(3)), merge: sequence(...pair()) },
      ]),
    ),
    head: channelConcat(
      conv2d({ filters: 1, kernel: 1, initialBias: initialLogit, initializer: 'glorot-uniform' }),
      conv2d({ filters: outputChannels.count - 1, kernel: 1, initializer: 'glorot-uniform' }),
    ),
    objective: detection,
  };
}
