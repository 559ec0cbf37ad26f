// Draws one frame's result over its picture, for annotated video: box, name, confirmed expression, probability bars.

import { type Colour, drawBox, fillRect } from '../image/draw.js';
import { drawLabel, fitLabel, labelWidth } from '../image/label-font.js';
import type { Box, Picture } from '../image/picture.js';
import { clamp } from '../numbers/clamp.js';
import { percent } from '../numbers/percent.js';
import type { FaceResult, FrameResult } from './frame-result.js';

const ink: Colour = [10, 12, 17];
const paper: Colour = [233, 237, 245];
const quiet: Colour = [120, 128, 140];
const groundOpacity = 0.78;
/** They differ in brightness too, for people with colour blindness. */
const trackColours: readonly Colour[] = [
  [94, 199, 255],
  [255, 196, 84],
  [132, 224, 145],
  [240, 150, 200],
  [190, 170, 255],
  [255, 140, 110],
];

/** Of a picture, pixels. */
interface Sizes {
  readonly line: number;
  /** Heights of a line of text: of the label, and of a row of bars. */
  readonly label: number;
  readonly row: number;
}

/** The part of a face's result that is drawn. */
export type DrawnFace = Pick<FaceResult, 'box' | 'track' | 'person' | 'expression' | 'probabilities' | 'confirmed'>;

export interface DrawnResult extends Pick<FrameResult, 'rejected'> {
  readonly faces: readonly DrawnFace[];
}

export interface AnnotateOptions {
  /** Height of a label, and the measure of lines and bars. Default: a 22nd of the picture's height. */
  readonly labelPx?: number;
  /** Whether each face has its bars of probabilities where there is room. Default true. */
  readonly hasBars?: boolean;
}

/** Draws into the picture itself; what lies outside it is left out. */
export function annotate(
  picture: Picture,
  { faces, rejected }: DrawnResult,
  { labelPx = picture.height / 22, hasBars = true }: AnnotateOptions = {},
): void {
  const sizes: Sizes = {
    line: Math.max(2, Math.round((labelPx * 22) / 240)),
    label: Math.max(15, Math.round(labelPx)),
    row: Math.max(12, Math.round((labelPx * 22) / 30)),
  };
  for (const { box } of rejected) drawBox(picture, box, quiet, sizes.line);
  const taken: Box[] = faces.map(({ box }) => box);
  // Bars first, those of the largest face before the others', so that no bar covers a label.
  const bySize = [...faces].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
  for (const face of hasBars ? bySize : []) drawBars(picture, face, sizes, taken);
  // The best detection is drawn last, on top.
  for (const face of [...faces].reverse()) {
    drawBox(picture, face.box, colourOf(face), sizes.line);
    drawTag(picture, face, sizes);
  }
}

function colourOf({ track }: DrawnFace): Colour {
  return trackColours[(track - 1) % trackColours.length]!;
}

/** Name, confirmed expression and its probability, above the box where there is room, else at its top. */
function drawTag(picture: Picture, face: DrawnFace, { label: height }: Sizes): void {
  const pad = Math.round(height / 3);
  const name = `${face.person ?? `Face ${face.track}`}`;
  const said = face.confirmed === null ? '' : saidOf(face.confirmed, face.probabilities);
  const saidWidth = said === '' ? 0 : pad + labelWidth(said, height);
  const shown = fitLabel(name, height, Math.max(0, picture.width - 2 * pad - saidWidth));
  const nameWidth = labelWidth(shown, height);
  const width = nameWidth + saidWidth + 2 * pad;
  const above = face.box[1] - height;
  const x = Math.round(clamp(face.box[0], 0, picture.width - width));
  const y = Math.round(above >= 0 ? above : clamp(face.box[1], 0, picture.height - height));
  fillRect(picture, [x, y, width, height], ink, groundOpacity);
  drawLabel(picture, shown, [x + pad, y], paper, height);
  drawLabel(picture, said, [x + pad + nameWidth + pad, y], colourOf(face), height);
}

function saidOf(label: string, probabilities: DrawnFace['probabilities']): string {
  const probability = probabilities?.[label];
  return probability === undefined ? label : `${label} ${shareOf(probability)}`;
}

function shareOf(probability: number): string {
  return percent(clamp(probability, 0, 1), { digits: 0 });
}

/** A row per expression beside the face; none where it would cover a face or other bars. */
function drawBars(picture: Picture, face: DrawnFace, { row: height }: Sizes, taken: Box[]): void {
  const rows = Object.entries(face.probabilities ?? {});
  if (rows.length === 0) return;
  const gap = Math.round(height / 2);
  const labelsWidth = Math.max(...rows.map(([label]) => labelWidth(label, height)));
  const barWidth = 3 * height;
  const size = {
    width: labelsWidth + barWidth + labelWidth('100 %', height) + 4 * gap,
    height: rows.length * height + gap,
  };
  const place = placeBeside(picture, face.box, size, taken);
  if (!place) return;
  taken.push(place);
  fillRect(picture, place, ink, groundOpacity);
  rows.forEach(([label, probability], index) => {
    const y = Math.round(place[1] + gap / 2 + index * height);
    const colour = label === face.expression ? colourOf(face) : paper;
    drawLabel(picture, label, [place[0] + gap, y], colour, height);
    const left = place[0] + 2 * gap + labelsWidth;
    const thickness = Math.max(2, Math.round(height / 3));
    const bar: Box = [left, y + Math.round((height - thickness) / 2), barWidth, thickness];
    fillRect(picture, bar, quiet, 0.4);
    fillRect(picture, [bar[0], bar[1], Math.round(barWidth * clamp(probability, 0, 1)), bar[3]], colour);
    const share = shareOf(probability);
    const right = place[0] + place[2] - gap - labelWidth(share, height);
    drawLabel(picture, share, [right, y], colour, height);
  });
}

/** Right of the box, else left of it, inside the picture and clear of what is taken. */
function placeBeside(
  picture: Picture,
  [x, y, width]: Box,
  size: { readonly width: number; readonly height: number },
  taken: readonly Box[],
): Box | undefined {
  const gap = 4;
  const top = Math.round(clamp(y, 0, picture.height - size.height));
  const candidates = [x + width + gap, x - gap - size.width].map(
    (left): Box => [Math.round(left), top, size.width, size.height],
  );
  return candidates.find(
    (place) =>
      place[0] >= 0 &&
      place[0] + place[2] <= picture.width &&
      place[3] <= picture.height &&
      !taken.some((other) => overlap(place, other)),
  );
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}
