// The faces of a picture with their expressions: a line of JSON for programs, text for people.
import { percent } from '../../../core/numbers/percent.js';
import { formatBox } from '../../report/format-box.js';
import { printable } from '../../report/text-table.js';
import type { PredictedFace } from '../predict.js';

/** A line of JSON with its end; expression and probabilities of the largest face stand beside the list of all. */
export function predictionLine(file: string, faces: readonly PredictedFace[], labels: readonly string[]): string {
  const each = faces.map(({ label, probabilities, box, score }) => ({
    expression: labels[label]!,
    probabilities: Object.fromEntries(labels.map((name, i) => [name, probabilities[i]!])),
    box: box?.map((value) => rounded(value, 1)) ?? null,
    score: score === null ? null : rounded(score, 3),
  }));
  const { expression = null, probabilities = null } = each[0] ?? {};
  return `${JSON.stringify({ file, expression, probabilities, faces: each })}\n`;
}

/** A line; of several faces one for each. Ends with a line end. */
export function predictionText(file: string, faces: readonly PredictedFace[], labels: readonly string[]): string {
  const [first] = faces;
  const name = printable(file);
  if (first === undefined) return `${name}: no face found\n`;
  if (faces.length === 1) return `${name}: ${mostProbable(first, labels)}\n`;
  const each = faces.map((face) => `  ${formatBox(face.box!)}: ${mostProbable(face, labels)}\n`);
  return `${name}: ${faces.length} faces\n${each.join('')}`;
}

/** The three most probable expressions. */
function mostProbable({ probabilities }: PredictedFace, labels: readonly string[]): string {
  const ordered = labels
    .map((name, i) => ({ name, probability: probabilities[i]! }))
    .sort((a, b) => b.probability - a.probability);
  return ordered
    .slice(0, 3)
    .map(({ name, probability }) => `${name} ${percent(probability, { digits: 0 })}`)
    .join(', ');
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
