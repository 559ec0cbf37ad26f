// A folder of pictures as a source of frames, in the order of their names, with the depth that lies beside them.
import { join } from 'node:path';
import { ConfigError, MediaError } from '../../../core/errors.js';
import { inColour } from '../../../core/image/grey.js';
import type { Frame, FrameSource } from '../../../core/ports/frame-source.js';
import { decodePicture } from '../image-codec.js';
import { type DepthFolder, namesIn } from './depth-folder.js';

/** A depth camera's usual rate: pictures do not say when they were taken. */
const framesPerSecond = 30;

export interface PictureFolder extends FrameSource {
  readonly estimatedFrames: number;
}

/**
 * Opens the pictures of a folder, in RGB: `…color…` or `…rgb…` where there are such, else all but those named depth or
 * mask. Depth is paired by name, or by order
 * when no name fits and there is one for each. Throws ConfigError when nothing fits or there is no picture, MediaError for a picture that is broken or of another size than the first.
 */
export async function openPictureFolder(folder: string, depth: DepthFolder | undefined): Promise<PictureFolder> {
  const pictures = (await namesIn(folder)).filter((name) => /\.(jpe?g|png|webp|ppm|pgm|tiff?|avif|gif)$/i.test(name));
  const colour = pictures.filter((name) => /colou?r|rgb/i.test(name));
  const files = colour.length > 0 ? colour : pictures.filter((name) => !/depth|mask/i.test(name));
  if (files.length === 0) throw new ConfigError(`${folder} must hold pictures and holds none; name another folder`);
  const isPaired = depth === undefined || files.some((file) => depth.has(file));
  if (!isPaired && depth.count !== files.length) {
    throw new ConfigError(
      `depth pictures must be named as the pictures of ${folder} (7-depth.png or 7.png for 7-color.jpg) or be as many, found ` +
        `${depth.count} for ${files.length}; rename them`,
    );
  }
  const first = inColour(await decodePicture(join(folder, files[0]!)));
  const { width, height } = first;
  const depthOf = (file: string, index: number) => (isPaired ? depth?.ofPicture(file) : depth?.ofFrame(index));
  let isClosed = false;
  async function* frames(): AsyncGenerator<Frame> {
    for (const [index, file] of files.entries()) {
      if (isClosed) return;
      const path = join(folder, file);
      const picture = index === 0 ? first : inColour(await decodePicture(path));
      if (picture.width !== width || picture.height !== height) {
        throw new MediaError(
          `${path} must have the size of the folder's first picture, ${width}x${height}, found ${picture.width}x${picture.height}; ` +
            "frames of one video have one size; 'moodlens analyze --as photos' takes photographs of any sizes",
        );
      }
      yield { index, timeMs: (1000 * index) / framesPerSecond, picture, depth: await depthOf(file, index) };
    }
  }
  return {
    width,
    height,
    framesPerSecond,
    estimatedFrames: files.length,
    [Symbol.asyncIterator]: frames,
    close: async () => {
      isClosed = true;
    },
  };
}
