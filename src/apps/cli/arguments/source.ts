// A source of video, as an argument or by `--kinect`: its words in the help, and how it is opened with its depth.
import { withDepth } from '../../../adapters/node/video/depth-folder.js';
import { type OpenSourceOptions, openSource } from '../../../adapters/node/video/open-source.js';
import { openPictureFolder } from '../../../adapters/node/video/picture-folder.js';
import type { DepthFilter } from '../../../core/detect/depth/depth-filter.js';
import { ConfigError } from '../../../core/errors.js';
import { type Depth, type DepthOptions, kinectFilter, openDepth } from './depth.js';
import { isFile, isFolder } from './path-kind.js';

/** The sources of video that a command takes. */
export const videoSourceHelp =
  "a video file, a camera (camera, camera:1, camera:NAME; see 'moodlens cameras'), kinect or kinect:RECORDING, http(s):// or rtsp(s)://";

/** The same for a command that also takes pictures. */
export const sourceHelp = `a folder of pictures, ${videoSourceHelp}`;

/** `--kinect [recording]`, another way to name one. */
export const kinectOption = ['--kinect [recording]', 'a Kinect, or its recording, as the source'] as const;

/** The source that `--kinect` names. */
export function kinectSource(kinect: string | true): string {
  return kinect === true ? 'kinect' : `kinect:${kinect}`;
}

/** `kinect` or `kinect:RECORDING`. */
export function isKinect(source: string): boolean {
  return /^kinect(:.+)?$/s.test(source);
}

/** The depth that belongs to a source besides its frames, and the filter that uses it. */
export async function openSourceDepth(
  options: DepthOptions,
  source: string,
): Promise<{ depth: Depth | undefined; filter: DepthFilter | undefined }> {
  if (isKinect(source)) return { depth: undefined, filter: kinectFilter(options) };
  const depth = await openDepth(options, source);
  return { depth, filter: depth?.filter };
}

/** Opens it, as `openSource` does, or a folder of pictures. Throws ConfigError for depth that cannot belong to it. */
export async function openAnalysedSource(name: string, depth: Depth | undefined, options: OpenSourceOptions) {
  if (await isFolder(name)) return openPictureFolder(name, depth?.folder);
  if (!depth) return openSource(name, options);
  if (!(await isFile(name))) {
    throw new ConfigError(`--depth belongs to a video file or a folder of pictures, found ${name}; record it first`);
  }
  // Every frame has its depth: none may be left out.
  return withDepth(await openSource(name, { ...options, live: false }), depth.folder);
}
