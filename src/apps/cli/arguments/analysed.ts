// What `moodlens analyze` is given: photographs, each by itself, or a video; and which options belong to which.
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { hasDepth } from '../../../adapters/node/video/depth-folder.js';
import { ConfigError } from '../../../core/errors.js';
import { isPictureName } from '../../../core/image/is-picture-name.js';
import { isFile, isFolder } from './path-kind.js';
import { videoSourceHelp } from './source.js';

export const analysedKinds = ['photos', 'video'] as const;
export type AnalysedKind = (typeof analysedKinds)[number];

/** The argument of a command that takes either. */
export const analysedArgument = [
  '<source...>',
  `photographs, or folders of them, also below; or one source of video: ${videoSourceHelp}, or a folder of pictures with their depth`,
] as const;

/** `--as`, for what can be both. */
export function asOption(): Option {
  return new Option(
    '--as <kind>',
    'photos: each picture by itself; video: the pictures of a folder are the frames of one video (default: photos, but video for a folder with depth and for a single .gif)',
  ).choices(analysedKinds);
}

/** Which options belong to one kind only, by the names of their values. */
const optionsOf: Readonly<Record<AnalysedKind, readonly string[]>> = {
  photos: ['faces', 'search'],
  video: ['window', 'timeline', 'publish', 'topic', 'frames', 'depth', 'depthFilter', 'near'],
};
const wordsOf: Readonly<Record<AnalysedKind, string>> = { photos: 'photographs', video: 'video' };

/** The kind that `--as` names, or else what stands there. Throws ConfigError for several videos, and for options of the other kind. */
export async function analysedKind(paths: readonly string[], command: Command): Promise<AnalysedKind> {
  const { as, depth } = command.opts<{ as?: AnalysedKind; depth?: string }>();
  const kind = as ?? (depth === undefined ? await kindOf(paths) : 'video');
  if (kind === 'video' && paths.length > 1) {
    const odd = await findOdd(paths);
    const found = odd === undefined ? `found ${paths.length}` : `found ${paths.length}, and ${odd} is no picture`;
    throw new ConfigError(`analyze takes one video, or photographs and folders of them, ${found}; name one`);
  }
  const other = kind === 'video' ? 'photos' : 'video';
  const option = command.options.find(
    (one) =>
      optionsOf[other].includes(one.attributeName()) && command.getOptionValueSource(one.attributeName()) === 'cli',
  );
  if (option === undefined) return kind;
  throw new ConfigError(
    `${option.long} is for ${wordsOf[other]}, and ${paths[0]} is analysed as ${wordsOf[kind]}; leave it out, or add --as ${other}`,
  );
}

async function kindOf(paths: readonly string[]): Promise<AnalysedKind> {
  const [first, ...more] = paths;
  if (more.length > 0) return (await findOdd(paths)) === undefined ? 'photos' : 'video';
  if (await isFolder(first!)) return (await hasDepth(first!)) ? 'video' : 'photos';
  return isPhotoName(first!) && !/\.gif$/i.test(first!) && (await isFile(first!)) ? 'photos' : 'video';
}

/** A path that is neither a folder nor named as a picture. */
async function findOdd(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (!isPhotoName(path) && !(await isFolder(path))) return path;
  return undefined;
}

const isPhotoName = (path: string): boolean => isPictureName(basename(path));
