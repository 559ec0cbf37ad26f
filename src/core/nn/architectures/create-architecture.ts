// The architectures by name.
import { ConfigError } from '../../errors.js';
import { dense } from '../layers/dense.js';
import type { Architecture, ArchitectureOptions } from './architecture.js';
import { compact } from './compact.js';
import { original } from './original.js';
import { reference } from './reference.js';
import { residual } from './residual.js';
import { vgg } from './vgg.js';

const architectures = { compact, residual, vgg, original, reference };

export type ArchitectureName = keyof typeof architectures;
export const architectureNames = Object.keys(architectures) as ArchitectureName[];

/** Builds an architecture by name. Throws ConfigError for an unknown name. */
export function createArchitecture(name: string, options: ArchitectureOptions): Architecture {
  const create = Object.hasOwn(architectures, name) ? architectures[name as ArchitectureName] : undefined;
  if (create === undefined) {
    throw new ConfigError(`the architecture must be one of ${architectureNames.join(', ')}, not '${name}'`);
  }
  const architecture = create(options);
  return options.auxiliary ? { ...architecture, auxiliary: dense({ units: options.auxiliary }) } : architecture;
}
