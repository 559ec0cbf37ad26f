// Draws one frame's result over its picture, for annotated video: box, name, confirmed expression, probability bars.
import { type Colour, drawBox, drawText, fillRect, textSize } from '../image/draw.js';
import type { Box, Picture } from '../image/picture.js';
import type { FaceResult, FrameResult } from './frame-result.js';

const ink: Colour = [16, 18, 22];
const paper: Colour = [235, 238, 242];
const quiet: Colour = [120, 128, 140];
/** Told apart by people who see few colours too: they differ in brightness. */
const trackColours: readonly Colour[] = [
  [94, 199, 255],
  [255, 196, 84],
  [132, 224, 145],
  [240, 150, 200],
  [190, 170, 255],
  [255, 140, 110],
];

/** Draws into the picture itself. Sizes follow the picture's height; what does not fit is cut at the border. */
export function annotate(picture: Picture, { faces, rejected }: Pick<FrameResult, 'faces' | 'rejected'>): void {
  const scale = Math.max(1, Math.round(picture.height / 240));
  for (const { box } of rejected) drawBox(picture, box, quiet, scale);
  // The best detection is drawn last, so that it lies on top.
  for (const face of [...faces].reverse()) annotateFace(picture, face, scale);
}

function annotateFace(picture: Picture, face: FaceResult, scale: number): void {
  const colour = trackColours[(face.track - 1) % trackColours.length]!;
  drawBox(picture, face.box, colour, scale);
  if (face.probabilities) drawBars(picture, face, colour, Math.max(1, scale - 1));
  const name = face.person ?? `face ${face.track}`;
  const text = face.confirmed === null ? name : `${name}: ${face.confirmed}`;
  const { width, height } = textSize(text, { scale });
  const above = face.box[1] - height;
  const x = clamp(face.box[0], 0, picture.width - width);
  const y = above >= 0 ? above : clamp(face.box[1], 0, picture.height - height);
  drawText(picture, text, [x, y], ink, { scale, background: colour });
}

/** A row per expression, beside the face where there is room: right, left, else over its lower edge. */
function drawBars(picture: Picture, face: FaceResult, colour: Colour, scale: number): void {
  const rows = Object.entries(face.probabilities!);
  const labelWidth = Math.max(0, ...rows.map(([label]) => textSize(label, { scale }).width)) + 2 * scale;
  const rowHeight = textSize('', { scale }).height;
  const barWidth = 40 * scale;
  const pad = 2 * scale;
  const width = labelWidth + barWidth + 2 * pad;
  const height = rows.length * rowHeight + 2 * pad;
  const [left, top] = placeBars(picture, face.box, width, height, pad);
  fillRect(picture, [left, top, width, height], ink, 0.65);
  rows.forEach(([label, probability], row) => {
    const y = top + pad + row * rowHeight;
    const isTop = label === face.expression;
    drawText(picture, label, [left + pad, y], isTop ? colour : paper, { scale });
    const bar: Box = [left + pad + labelWidth, y + 2 * scale, barWidth, rowHeight - 4 * scale];
    fillRect(picture, bar, quiet, 0.4);
    const length = Math.round(barWidth * clamp(probability, 0, 1));
    fillRect(picture, [bar[0], bar[1], length, bar[3]], isTop ? colour : paper);
  });
}

function placeBars(picture: Picture, box: Box, width: number, height: number, gap: number): [number, number] {
  const [x, y, boxWidth, boxHeight] = box;
  const top = clamp(y, 0, picture.height - height);
  if (x + boxWidth + gap + width <= picture.width) return [x + boxWidth + gap, top];
  if (x - gap - width >= 0) return [x - gap - width, top];
  return [clamp(x, 0, picture.width - width), clamp(y + boxHeight - height, 0, picture.height - height)];
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
