// A review of a gallery as text for a terminal.
import { tableLines } from '../../report/text-table.js';
import type { PeopleReview, ReviewedPicture } from '../review-people.js';

/** The doubtful pictures in a table, and those left out; ends with a line end. */
export function describeReview({ pictures, leftOut }: PeopleReview): string {
  const doubtful = pictures.filter(({ doubt }) => doubt !== null);
  const rows = doubtful.map((picture) => [
    String(picture.number),
    picture.person,
    describeDoubt(picture),
    picture.file,
  ]);
  const people = new Set(pictures.map(({ person }) => person)).size;
  const lines = [
    `${pictures.length.toLocaleString('en')} pictures of ${people} ${people === 1 ? 'person' : 'people'}, ${doubtful.length} to look at`,
    ...(rows.length > 0 ? ['', ...tableLines({ columns: ['number', 'person', 'why', 'file'], rows })] : []),
    ...(leftOut.length > 0 ? ['', ...leftOut.map(({ file, reason }) => `left out: ${file}: ${reason}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** `nearer to bob (41.2; own 60.3)`, or nothing. */
export function describeDoubt({ doubt, nearest, own }: ReviewedPicture): string {
  const shown = (distance: number) => distance.toFixed(distance < 2 ? 2 : 1);
  if (doubt === 'nearer to another')
    return `nearer to ${nearest!.person} (${shown(nearest!.distance)}; own ${shown(own!)})`;
  if (doubt === 'unlike the others') return `unlike the others (${shown(own!)})`;
  return doubt === 'the same as another' ? 'the same as another' : '';
}
