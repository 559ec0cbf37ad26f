// `--depth` and `--depth-filter`, for commands that detect faces.
import { type Command, Option } from 'commander';
import { type DepthFolder, hasDepth, openDepthFolder } from '../../../adapters/node/video/depth-folder.js';
import {
  DepthFilter,
  type DepthFilterMode,
  defaultNearMm,
  depthFilterModes,
} from '../../../core/detect/depth/depth-filter.js';
import { ConfigError } from '../../../core/errors.js';
import { isFolder } from './path-kind.js';
import { toNumbers } from './values.js';

export interface DepthOptions {
  readonly depth?: string;
  readonly depthFilter?: DepthFilterMode;
  readonly near?: string;
}

/** Depth pictures and the filter that uses them. */
export interface Depth {
  readonly folder: DepthFolder;
  readonly filter: DepthFilter;
}

/** Adds the options to a command. */
export function addDepthOptions(command: Command): Command {
  return command
    .option('--depth <dir>', 'depth pictures (16-bit PNG, mm): 7-depth.png or 7.png belongs to 7-color.jpg or 7.jpg')
    .addOption(
      new Option(
        '--depth-filter <mode>',
        "size: rejects detections without a face's size and relief; segment: searches only what is near, as the study case did; off: only measures (default: size)",
      ).choices(depthFilterModes),
    )
    .option('--near <mm>', `segment: the farthest distance that counts as near (default: ${defaultNearMm})`);
}

/**
 * What the options ask for; undefined without depth. A source that is a folder may have its depth beside its pictures. Throws ConfigError for options that need depth, and for values that are not valid.
 */
export async function openDepth(options: DepthOptions, source?: string): Promise<Depth | undefined> {
  const { depthFilter: mode, near } = options;
  const beside = source !== undefined && (await isFolder(source)) && (await hasDepth(source)) ? source : undefined;
  const depth = options.depth ?? beside;
  if (depth === undefined) {
    if (mode === undefined && near === undefined) return undefined;
    throw new ConfigError(`--${mode === undefined ? 'near' : 'depth-filter'} needs depth; add --depth DIR`);
  }
  const numbers = nearOf(options);
  const folder = await openDepthFolder(depth);
  const { camera, shift } = folder;
  const seen = shift === undefined ? { camera } : { camera, shift };
  return { folder, filter: new DepthFilter({ ...numbers, ...seen, mode: mode ?? 'size' }) };
}

function nearOf({ depthFilter: mode, near }: DepthOptions): Record<string, number> {
  if (near !== undefined && mode !== 'segment') {
    throw new ConfigError('--near is for segmentation; add --depth-filter segment');
  }
  return toNumbers({ ...(near === undefined ? {} : { nearMm: near }) }, ['nearMm']);
}

/** For a Kinect, whose frames carry their depth. */
export function kinectFilter(options: DepthOptions): DepthFilter {
  if (options.depth !== undefined) throw new ConfigError('a Kinect has its own depth; leave --depth out');
  return new DepthFilter({ ...nearOf(options), mode: options.depthFilter ?? 'size' });
}
