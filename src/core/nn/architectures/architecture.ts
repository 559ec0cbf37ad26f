// A network as a description: what it takes, its layers up to the embedding, and the classifier on top.
import { ConfigError } from '../../errors.js';
import { elements, type Layer, type Parameter, type Shape } from '../layers/layer.js';
import { sequence } from '../layers/sequence.js';
import { classification, type Objective } from '../losses/objective.js';

export interface Architecture {
  readonly name: string;
  /** Size of the pictures that the model file takes, pixels. */
  readonly input: { readonly height: number; readonly width: number };
  /** The centre part of the picture that the network sees, pixels of the picture; augmentation moves this window. */
  readonly view: { readonly height: number; readonly width: number };
  /** The size at which the network sees that part: the same, unless training begins with smaller pictures (`atSide`). */
  readonly crop: { readonly height: number; readonly width: number };
  /** 1, grey, fed as floats, or 3, red, green and blue, fed as bytes; default 1. */
  readonly channels?: 1 | 3;
  /** From pixels `[channels, crop height, crop width]`, 0..255, to the embedding `[features]`. */
  readonly features: Layer;
  /** From the embedding to the logits `[classes]`, or whatever the objective takes. */
  readonly head: Layer;
  /** Default: one class a picture. */
  readonly objective?: Objective;
  /**
   * A second head on the embedding, from which training learns too and which the model file leaves out: the logits of
   * `[kinds]` of votes (Caruana 1997, multitask learning).
   */
  readonly auxiliary?: Layer;
}

/** What a configuration may change about an architecture; each takes its published values by default. */
export interface ArchitectureOptions {
  readonly classes: number;
  readonly dropout?: number | undefined;
  readonly l2?: number | undefined;
  /** Side of the convolution kernels (`original` only). */
  readonly kernel?: number | undefined;
  /** Units of the auxiliary head; none by default. */
  readonly auxiliary?: number | undefined;
}

/**
 * The same network, its view scaled to `side` x `side` pixels. Throws ConfigError when a parameter's shape depends on
 * the size, as behind a flattened picture.
 */
export function atSide(architecture: Architecture, side: number): Architecture {
  if (architecture.crop.height === side && architecture.crop.width === side) return architecture;
  const scaled = { ...architecture, crop: { height: side, width: side } };
  const shapes = (of: Architecture): string => JSON.stringify(parametersOf(of).map(({ name, shape }) => [name, shape]));
  if (shapes(scaled) !== shapes(architecture)) {
    throw new ConfigError(
      `pictures of another size need a network whose parameters do not depend on it, and those of ${architecture.name} do at ${side} pixels; choose another architecture or no smaller pictures`,
    );
  }
  return scaled;
}

/** The whole network as one layer; its last part is the head. */
export function network(architecture: Architecture): Layer {
  return sequence(architecture.features, architecture.head);
}

export function cropShape({ channels = 1, crop }: Architecture): Shape {
  return [channels, crop.height, crop.width];
}

/** How pixels are fed. */
export function pixelType({ channels = 1 }: Architecture): 'float32' | 'uint8' {
  return channels === 1 ? 'float32' : 'uint8';
}

export function objectiveOf({ objective = classification }: Architecture): Objective {
  return objective;
}

/** What the whole network gives for one crop. */
export function networkOutput(architecture: Architecture): Shape {
  return network(architecture).outputShape(cropShape(architecture));
}

/** Prefixes of the parameters' names, as `network` gives them to its two parts. */
export function parameterPrefixes({ features, head }: Architecture) {
  return { features: `0-${features.kind}/`, head: `1-${head.kind}/`, auxiliary: 'auxiliary/' } as const;
}

/** The parameters of the model in the order of the layers. */
export function modelParametersOf(architecture: Architecture): readonly Parameter[] {
  return network(architecture).parameters(cropShape(architecture));
}

/** All parameters that training moves: the model's, then those of the auxiliary head. */
export function parametersOf(architecture: Architecture): readonly Parameter[] {
  const { features, auxiliary } = architecture;
  const { auxiliary: prefix } = parameterPrefixes(architecture);
  const embedding = features.outputShape(cropShape(architecture));
  const second = auxiliary?.parameters(embedding).map((p) => ({ ...p, name: prefix + p.name })) ?? [];
  return [...modelParametersOf(architecture), ...second];
}

/** Number of values in the model's parameters, running statistics included (as Keras counts them). */
export function countParameters(architecture: Architecture): number {
  return modelParametersOf(architecture).reduce((sum, parameter) => sum + elements(parameter.shape), 0);
}

/** Multiply-adds for one picture. */
export function countMultiplyAdds(architecture: Architecture): number {
  return network(architecture).multiplyAdds(cropShape(architecture));
}
