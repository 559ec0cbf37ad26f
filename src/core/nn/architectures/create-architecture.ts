// The architectures by name.
import { ConfigError } from '../../errors.js';
import { dense } from '../layers/dense.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';
import { compact } from './compact.js';
import { original } from './original.js';
import { pyramid } from './pyramid.js';
import { reference } from './reference.js';
import { residual } from './residual.js';
import { vgg } from './vgg.js';

const architectures = { compact, residual, vgg, original, reference };

/** Networks that find faces; their only class is "face". */
const detectors = { pyramid };

export type ArchitectureName = keyof typeof architectures | keyof typeof detectors;
/** Those that tell expressions. */
export const architectureNames = Object.keys(architectures) as (keyof typeof architectures)[];
export const detectorNames = Object.keys(detectors) as (keyof typeof detectors)[];

/** Builds an architecture by name. Throws ConfigError for an unknown name. */
export function createArchitecture(name: string, options: ArchitectureOptions): Architecture {
  const all = { ...architectures, ...detectors };
  const create = Object.hasOwn(all, name) ? all[name as ArchitectureName] : undefined;
  if (create === undefined) {
    throw new ConfigError(`the architecture must be one of ${Object.keys(all).join(', ')}, not '${name}'`);
  }
  const architecture = create(options);
  return options.auxiliary ? { ...architecture, auxiliary: dense({ units: options.auxiliary }) } : architecture;
}
