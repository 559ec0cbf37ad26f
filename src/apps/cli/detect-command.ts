// `moodlens detect`: finds the faces in pictures and says where they are.
import { mkdir } from 'node:fs/promises';
import { basename, join, parse, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { writeFileAtomic } from '../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../adapters/node/image-codec.js';
import { annotateFaces } from '../../core/detect/annotate-faces.js';
import type { Face } from '../../core/detect/face.js';
import { ConfigError, MediaError, MoodlensError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from './detector-options.js';
import { describeError } from './print-error.js';

interface DetectOptions extends DetectorOptions {
  readonly search: 'quick' | 'thorough';
  readonly minScore?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  const command = new Command('detect')
    .description(
      'find the faces in pictures: boxes [x, y, width, height] in pixels, scores, eyes, nose, mouth and ears',
    )
    .argument('<image...>', 'picture files');
  return addDetectorOptions(command)
    .addOption(
      new Option(
        '--search <how>',
        'neural: thorough: also small faces, by looking at overlapping parts of the picture; quick: the whole picture only, as in live video',
      )
        .choices(['quick', 'thorough'])
        .default('thorough'),
    )
    .option('--min-score <number>', 'neural: lowest score that counts as a face, between 0 and 1 (default: 0.6)')
    .option('--out <dir>', 'also write every picture as PNG with its faces drawn in')
    .option('--json', 'print a line of JSON per picture')
    .action(detect);
}

async function detect(files: readonly string[], options: DetectOptions): Promise<void> {
  const minScore = options.minScore === undefined ? undefined : parseMinScore(options.minScore);
  const outputs = options.out === undefined ? undefined : outputPaths(files, options.out);
  const neural = { search: options.search, ...(minScore === undefined ? {} : { minScore }) };
  const detector = await openChosenDetector(options, neural);
  if (options.out !== undefined) await mkdir(options.out, { recursive: true });
  let failed = 0;
  try {
    for (const [i, file] of files.entries()) {
      try {
        const picture = await decodePicture(file);
        const faces = await detector.detect(picture);
        if (outputs) await writeFileAtomic(outputs[i]!, await encodePng(annotateFaces(picture, faces)));
        process.stdout.write(options.json ? jsonLine(file, picture, faces) : textLines(file, picture, faces));
      } catch (error) {
        // One bad picture must not cost the others their result.
        if (!(error instanceof MoodlensError)) throw error;
        failed++;
        process.stderr.write(describeError(error, false));
      }
    }
  } finally {
    await detector.release();
  }
  if (failed > 0) {
    throw new MediaError(`${failed} of ${files.length} pictures could not be read; the lines above name them`);
  }
}

function parseMinScore(text: string): number {
  const score = Number(text);
  if (text.trim() !== '' && score > 0 && score < 1) return score;
  throw new ConfigError(`--min-score must be a number above 0 and below 1, but got "${text}"`);
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

function jsonLine(file: string, { width, height }: Picture, faces: readonly Face[]): string {
  const rounded = faces.map(({ box, score, keypoints }) => ({
    box: box.map(tenth),
    score: thousandth(score),
    keypoints: points(keypoints),
  }));
  return `${JSON.stringify({ file, width, height, faces: rounded })}\n`;
}

function points(keypoints: Face['keypoints']): Record<string, number[]> | null {
  if (keypoints === null) return null;
  return Object.fromEntries(Object.entries(keypoints).map(([name, point]) => [name, point.map(tenth)]));
}

function textLines(file: string, { width, height }: Picture, faces: readonly Face[]): string {
  const count = faces.length === 1 ? '1 face' : `${faces.length || 'no'} faces`;
  const lines = faces.map(({ box, score }) => {
    const [x, y, w, h] = box.map(Math.round);
    return `  ${score.toFixed(2)}  ${w} x ${h} at ${x}, ${y}\n`;
  });
  return `${file}  ${width} x ${height}  ${count}\n${lines.join('')}`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}
