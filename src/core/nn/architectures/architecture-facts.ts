// What an architecture costs, without training it.
import { type Architecture, countMultiplyAdds, countParameters, cropShape } from './architecture.js';

export interface ArchitectureFacts {
  readonly name: string;
  /** Of the pictures that the model file takes, pixels. */
  readonly input: { readonly height: number; readonly width: number };
  /** The part of them that the network sees, pixels. */
  readonly crop: { readonly height: number; readonly width: number };
  /** Values in all parameters, running statistics included. */
  readonly parameters: number;
  /** Per picture. */
  readonly multiplyAdds: number;
  /** Length of the embedding. */
  readonly embedding: number;
}

/** Sizes and costs of an architecture. */
export function architectureFacts(architecture: Architecture): ArchitectureFacts {
  const { name, input, crop, features } = architecture;
  return {
    name,
    input: { height: input.height, width: input.width },
    crop: { height: crop.height, width: crop.width },
    parameters: countParameters(architecture),
    multiplyAdds: countMultiplyAdds(architecture),
    embedding: features.outputShape(cropShape(architecture))[0] ?? 0,
  };
}
