// Contact sheets of a detector's mistakes: what it missed, and what it took for a face.

import { crop } from '../../../core/image/crop.js';
import { type Colour, drawBox } from '../../../core/image/draw.js';
import { inColour } from '../../../core/image/grey.js';
import type { Box, Picture } from '../../../core/image/picture.js';
import { resize } from '../../../core/image/resize.js';
import { boxSize } from '../../../core/metrics/average-precision.js';
import { clamp } from '../../../core/numbers/clamp.js';
import { contactSheet } from '../../report/contact-sheet.js';
import type { NamedSheet } from '../../report/report-files.js';
import type { DetectorMistake, DetectorMistakes } from '../detector-mistakes.js';

const columns = 6;
/** Mistakes on a sheet. */
const mostMistakes = 60;
/** The longer side of a crop on the sheet, pixels. */
const cellPx = 120;
/** A crop shows so many times the box, and at least this many pixels, so that one sees where it is. */
const surroundings = 2;
const leastPx = 64;
/** Characters of a file's name that fit below a crop. */
const nameLength = 18;

const annotated: Colour = [64, 220, 110];
const detection: Colour = [255, 70, 60];

/** The largest missed faces; undefined when none was missed. */
export function missedSheet({ missed }: DetectorMistakes, score: number): Promise<NamedSheet> | undefined {
  if (missed.length === 0) return undefined;
  return drawSheet(missed, {
    file: 'missed-faces',
    title: `Missed faces: ${shownText(missed)}`,
    caption: `The largest first. Green: annotated faces, the missed one in the middle; red: detections from a score of ${score} on. Under each its file, its size in pixels, and the score of the detection that finds it too unsurely.`,
    score,
    labelOf: (own) => (own === null ? 'no detection' : `score ${own.toFixed(2)}`),
  });
}

/** The surest false detections; undefined when there are none. */
export function falseSheet({ wrong }: DetectorMistakes, score: number): Promise<NamedSheet> | undefined {
  if (wrong.length === 0) return undefined;
  return drawSheet(wrong, {
    file: 'false-detections',
    title: `False detections: ${shownText(wrong)}`,
    caption: `The surest first. Red: detections from a score of ${score} on, the false one in the middle; green: annotated faces. Under each its file, its size in pixels and its score. Some are faces that nobody annotated, or whose boxes were drawn by another rule (--match centre takes these as found).`,
    score,
    labelOf: (own) => `score ${own!.toFixed(2)}`,
  });
}

function shownText(mistakes: readonly DetectorMistake[]): string {
  const all = mistakes.length.toLocaleString('en');
  return mistakes.length > mostMistakes ? `${mostMistakes} of ${all}` : all;
}

interface SheetWords extends Omit<NamedSheet, 'picture'> {
  readonly score: number;
  readonly labelOf: (score: number | null) => string;
}

async function drawSheet(
  mistakes: readonly DetectorMistake[],
  { score, labelOf, ...words }: SheetWords,
): Promise<NamedSheet> {
  const cells = [];
  for (const mistake of mistakes.slice(0, mostMistakes)) {
    const { picture, box } = mistake;
    const size = `${Math.round(boxSize(box))} px`;
    cells.push({
      picture: await drawMistake(mistake, score),
      captions: [shortName(picture.known.file), `${size}, ${labelOf(mistake.score)}`],
    });
  }
  return { ...words, picture: contactSheet(cells, { columns, scale: 1 }) };
}

async function drawMistake({ picture: { known, detections }, box }: DetectorMistake, score: number): Promise<Picture> {
  const whole = await known.read();
  const area = areaAround(box, whole);
  const scale = cellPx / Math.max(area[2], area[3]);
  const along = (length: number): number => Math.max(1, Math.round(length * scale));
  const cell = inColour(resize(crop(whole, area), along(area[2]), along(area[3])));
  const draw = (own: Box, colour: Colour): void => {
    const [x, y, width, height] = own;
    const isOfMistake = own.every((value, i) => value === box[i]);
    const scaled: Box = [(x - area[0]) * scale, (y - area[1]) * scale, width * scale, height * scale];
    drawBox(cell, scaled, colour, isOfMistake ? 3 : 1);
  };
  for (const face of known.faces) draw(face.box, annotated);
  for (const own of detections) if (own.score >= score) draw(own.box, detection);
  return cell;
}

/** The part of the picture in a square around the box, which is moved inwards at a border; in whole pixels, as it is cut. */
function areaAround([x, y, width, height]: Box, picture: Picture): Box {
  const side = Math.round(Math.max(leastPx, surroundings * Math.max(width, height)));
  const [across, down] = [Math.min(side, picture.width), Math.min(side, picture.height)];
  const along = (centre: number, own: number, length: number): number =>
    Math.round(clamp(centre - own / 2, 0, length - own));
  return [along(x + width / 2, across, picture.width), along(y + height / 2, down, picture.height), across, down];
}

/** The end of a long name, which tells pictures of one set apart. */
function shortName(file: string): string {
  const characters = [...file];
  return characters.length <= nameLength ? file : `...${characters.slice(3 - nameLength).join('')}`;
}
