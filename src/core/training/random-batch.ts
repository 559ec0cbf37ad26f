// A batch of noise, to check or time an engine without data.

import { type Architecture, cropShape, network } from '../nn/architectures/architecture.js';
import { elements, type Mask } from '../nn/layers/layer.js';
import type { Random } from '../numbers/random.js';
import { drawMask } from './draw-mask.js';
import type { Batch } from './engine.js';

/** Grey levels at random and the classes in turn; votes, one kind each, where the architecture has an auxiliary head. */
export function randomBatch(
  architecture: Architecture,
  { size, masks }: { readonly size: number; readonly masks: readonly Mask[] },
  random: Random,
): Batch {
  const { auxiliary, crop, features } = architecture;
  const shape = cropShape(architecture);
  const [classes = 0] = network(architecture).outputShape(shape);
  const [kinds = 0] = auxiliary?.outputShape(features.outputShape(shape)) ?? [];
  const oneOf = (count: number): Float32Array =>
    Float32Array.from({ length: size * count }, (_, i) => (i % count === Math.floor(i / count) % count ? 1 : 0));
  return {
    size,
    side: crop.height,
    pixels: Float32Array.from({ length: size * elements(shape) }, () => random.integer(256)),
    targets: oneOf(classes),
    votes: auxiliary && oneOf(kinds),
    masks: masks.map((mask) => drawMask(mask, size, random)),
  };
}
