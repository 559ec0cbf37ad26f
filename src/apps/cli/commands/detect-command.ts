// `moodlens detect`: finds the faces in pictures.
import { basename, join, parse, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { encodePng } from '../../../adapters/node/image-codec.js';
import { makeFolder } from '../../../adapters/node/make-folder.js';
import { writing } from '../../../adapters/node/storage-error.js';
import { annotateFaces } from '../../../core/detect/annotate-faces.js';
import { ConfigError } from '../../../core/errors.js';
import { findFaces } from '../../../core/live/find-faces.js';
import { type DetectOptions, detectConfigSchema, parseDetectConfig } from '../../../pipeline/detect/config.js';
import { detectionLine, detectionText } from '../../../pipeline/detect/report/format-detection.js';
import { addDepthOptions, type DepthOptions, openDepth } from '../arguments/depth.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../arguments/detector.js';
import { jsonOption } from '../arguments/json.js';
import { eachPicture, listPictures, picturesArgument } from '../arguments/pictures.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { commandOf } from '../command-descriptions.js';

interface DetectCommandOptions extends DetectOptions, DetectorOptions, DepthOptions {
  readonly out?: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(detectConfigSchema);

/** The command's definition. */
export function define(): Command {
  const command = commandOf(
    'detect',
    'boxes [x, y, width, height] in pixels, scores, eyes, nose, mouth and ears',
  ).argument(...picturesArgument);
  return addDepthOptions(addDetectorOptions(command))
    .addOption(stage.option('search'))
    .addOption(stage.option('minScore'))
    .option('--out <dir>', 'also write every picture as PNG with its faces drawn in')
    .addOption(jsonOption('a line of JSON per picture'))
    .action(detect);
}

async function detect(paths: readonly string[], options: DetectCommandOptions): Promise<void> {
  const search = parseDetectConfig(stage.given(options));
  const depth = await openDepth(options);
  // Depth pictures may lie beside those that they belong to.
  const pictures = await listPictures(paths, depth && ((name) => !/depth|mask/i.test(basename(name))));
  const { files } = pictures;
  const outputs = options.out === undefined ? undefined : outputPaths(files, options.out);
  if (depth && files.length > 0 && !files.some((file) => depth.folder.has(file))) {
    throw new ConfigError(
      `--depth must hold the depth of a picture (7-depth.png or 7.png for 7-color.jpg), found none for ${files[0]}; rename them`,
    );
  }
  const detector = await openChosenDetector(options, search);
  const { out } = options;
  if (out !== undefined) await writing(out, () => makeFolder(out));
  try {
    await eachPicture('detect', pictures, async ({ file, index, picture }) => {
      const frame = { index, timeMs: 0, picture, depth: await depth?.folder.ofPicture(file) };
      const found = await findFaces(frame, detector, depth?.filter);
      if (outputs) await writeFileAtomic(outputs[index]!, await encodePng(annotateFaces(picture, found)));
      process.stdout.write((options.json ? detectionLine : detectionText)(file, picture, found));
    });
  } finally {
    await detector.release();
  }
}

/** A name of its own for every picture, so that a/me.jpg and b/me.jpg do not overwrite each other, nor an input. */
function outputPaths(files: readonly string[], directory: string): string[] {
  const inputs = new Set(files.map((file) => resolve(file)));
  const taken = new Set<string>();
  return files.map((file) => {
    const { name } = parse(basename(file));
    let path = resolve(directory, `${name}.png`);
    for (let i = 2; taken.has(path); i++) path = resolve(join(directory, `${name}-${i}.png`));
    if (inputs.has(path)) throw new ConfigError(`--out would overwrite the input ${path}; name another folder`);
    taken.add(path);
    return path;
  });
}
