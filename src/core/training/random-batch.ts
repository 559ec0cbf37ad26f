// A batch of noise, to check or time an engine without data.

import {
  type Architecture,
  cropShape,
  networkOutput,
  objectiveOf,
  pixelType,
} from '../nn/architectures/architecture.js';
import { elements, type Mask } from '../nn/layers/layer.js';
import { oneOfEach } from '../nn/losses/objective.js';
import type { Random } from '../numbers/random.js';
import type { Batch } from './batch.js';
import { drawMask } from './draw-mask.js';

/** Pixels at random and targets of all kinds; votes, one kind each, where the architecture has an auxiliary head. */
export function randomBatch(
  architecture: Architecture,
  { size, masks }: { readonly size: number; readonly masks: readonly Mask[] },
  random: Random,
): Batch {
  const { auxiliary, crop, features } = architecture;
  const shape = cropShape(architecture);
  const [kinds = 0] = auxiliary?.outputShape(features.outputShape(shape)) ?? [];
  const count = size * elements(shape);
  const pixels = pixelType(architecture) === 'uint8' ? new Uint8Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) pixels[i] = random.integer(256);
  return {
    size,
    side: crop.height,
    pixels,
    targets: objectiveOf(architecture).examples(networkOutput(architecture), size),
    votes: auxiliary && oneOfEach(kinds, size),
    masks: masks.map((mask) => drawMask(mask, size, random)),
  };
}
