// A sheet with every picture of a review.
import type { Colour } from '../../../core/image/draw.js';
import type { Picture } from '../../../core/image/picture.js';
import { contactSheet, sheetScale } from '../../report/contact-sheet.js';
import type { PeopleReview } from '../review-people.js';
import { describeDoubt } from './describe-review.js';

const doubtful: Colour = [196, 32, 42];

/** Every picture with its number, the doubtful ones framed in red. */
export function reviewSheet({ pictures, faces }: PeopleReview): Picture {
  const cells = pictures.map((picture, i) => ({
    picture: faces[i]!,
    captions: [`${picture.number} ${picture.person}`, describeDoubt(picture)],
    ...(picture.doubt ? { frame: doubtful } : {}),
  }));
  return contactSheet(cells, { columns: 10, scale: sheetScale(faces[0]!.width, 2) });
}
