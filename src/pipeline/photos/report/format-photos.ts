// Photographs as text for people: a photograph with its faces, and the summary of all.
import { percent } from '../../../core/numbers/percent.js';
import { formatBox } from '../../report/format-box.js';
import { printable, textTable } from '../../report/text-table.js';
import { boxOf, type Photo } from '../photo.js';
import type { PersonSummary, PhotosSummary } from '../photos-summary.js';

const shownPeople = 60;
const shownExpressions = 3;

/** The photograph, then a line for each face, numbered as in the drawn picture; ends with a line end. */
export function photoText(photo: Photo): string {
  const { file, faces } = photo;
  const count = faces.length === 1 ? '1 face' : `${faces.length || 'no'} faces`;
  const lines = faces.map((face, i) => {
    const likeliest = Object.entries(face.probabilities).sort((a, b) => b[1] - a[1]);
    const said = likeliest
      .slice(0, shownExpressions)
      .map(([label, probability]) => `${label} ${percent(probability, { digits: 0 })}`);
    const who = face.person === null ? [] : [printable(face.person)];
    return `  ${i + 1}  ${formatBox(boxOf(face, photo))}: ${[...who, ...said].join(', ')}\n`;
  });
  return `${printable(file)}: ${count}\n${lines.join('')}`;
}

/** The last line of JSON, with its end. */
export function photosSummaryLine(summary: PhotosSummary): string {
  return `${JSON.stringify({ summary })}\n`;
}

/** Who is in how many photographs with which expressions, and the totals; ends with a line end. */
export function photosSummaryText({ people, ...totals }: PhotosSummary): string {
  const lines: string[] = [];
  if (people.length > 0) {
    const hasNames = people.some(({ person }) => person !== null);
    lines.push(
      ...textTable(
        [
          { title: 'who' },
          { title: 'photographs', align: 'right' },
          { title: 'faces', align: 'right' },
          { title: 'expressions' },
        ],
        people.slice(0, shownPeople).map((one) => personRow(one, hasNames)),
      ),
    );
    if (people.length > shownPeople) lines.push(`and ${people.length - shownPeople} more; --json has everybody`);
    lines.push('');
  }
  const { photos, faces, withoutFace, unreadable, interrupted } = totals;
  const parts = [`${counted(photos, 'photograph')}${interrupted ? ' (stopped)' : ''}`, counted(faces, 'face')];
  if (withoutFace > 0) parts.push(`${withoutFace} without a face`);
  if (unreadable > 0) parts.push(`${unreadable} that could not be read`);
  return `${[...lines, parts.join(', ')].join('\n')}\n`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function personRow({ person, photos, faces, expressions }: PersonSummary, hasNames: boolean): string[] {
  const shares = Object.entries(expressions).map(
    ([label, count]) => `${label} ${percent(count / faces, { digits: 0 })}`,
  );
  return [person ?? (hasNames ? 'unknown' : 'all'), `${photos}`, `${faces}`, shares.join(', ')];
}
