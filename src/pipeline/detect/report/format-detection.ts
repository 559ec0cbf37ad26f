// The faces found in a picture: a line of JSON for programs, text for people.

import type { Face } from '../../../core/detect/face.js';
import type { Picture } from '../../../core/image/picture.js';
import type { FoundFaces } from '../../../core/live/find-faces.js';
import { formatBox } from '../../report/format-box.js';
import { printable } from '../../report/text-table.js';

type Size = Pick<Picture, 'width' | 'height'>;

/** A line of JSON with its end. */
export function detectionLine(
  file: string,
  { width, height }: Size,
  { faces, depthsMm, rejected }: FoundFaces,
): string {
  const rounded = faces.map(({ box, score, keypoints }, i) => ({
    box: box.map(tenth),
    score: thousandth(score),
    keypoints: points(keypoints),
    depthMm: depthsMm[i]!,
  }));
  const not = rejected.map(({ box, reason }) => ({ box: box.map(tenth), reason }));
  return `${JSON.stringify({ file, width, height, faces: rounded, rejected: not })}\n`;
}

/** The picture, then a line for each face and each rejected detection; ends with a line end. */
export function detectionText(
  file: string,
  { width, height }: Size,
  { faces, depthsMm, rejected }: FoundFaces,
): string {
  const count = faces.length === 1 ? '1 face' : `${faces.length || 'no'} faces`;
  const lines = faces.map(({ box, score }, i) => {
    const depthMm = depthsMm[i] ?? null;
    const away = depthMm === null ? '' : `, ${(depthMm / 1000).toFixed(2)} m away`;
    return `  ${score.toFixed(2)}  ${formatBox(box)}${away}\n`;
  });
  lines.push(...rejected.map(({ box, reason }) => `  not   ${formatBox(box)}: ${reason}\n`));
  return `${printable(file)}  ${width} x ${height}  ${count}\n${lines.join('')}`;
}

function points(keypoints: Face['keypoints']): Record<string, number[]> | null {
  if (keypoints === null) return null;
  return Object.fromEntries(Object.entries(keypoints).map(([name, point]) => [name, point.map(tenth)]));
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}
