// What a file of annotations says of a picture, before the picture itself is read: boxes with their classes, and faults.
import type { FacePoints } from '../../detect/places/places.js';
import type { Box } from '../../image/picture.js';
import type { FaultKind } from './faults.js';

/** A box as a file of annotations has it. */
export interface AnnotatedObject {
  /** Where it stands in its file, from 1. */
  readonly line: number;
  /** A name, or a number as text; null where every box is a face. */
  readonly className: string | null;
  readonly box: Box;
  /** Null where nobody marked them. */
  readonly points: FacePoints | null;
  /** Null for a face. Else how sure it is that this is one, 0..1: the box is neither right nor wrong. */
  readonly unsure: number | null;
}

export interface LineFault {
  readonly line: number;
  readonly kind: FaultKind;
  readonly problem: string;
}

/** What one picture's part of a file says. */
export interface Annotations {
  readonly objects: readonly AnnotatedObject[];
  /** The size that boxes were drawn on, pixels; null when the file does not say it. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Whether boxes and points are shares of the picture's width and height; else they are pixels. */
  readonly isRelative: boolean;
  readonly faults: readonly LineFault[];
}

/** One picture of a set. */
export interface AnnotatedPicture extends Omit<Annotations, 'faults'> {
  /** Its name below the set's folder. */
  readonly file: string;
  /** The file of annotations. */
  readonly source: string;
  /** Where the picture itself is named there, when it is on one line. */
  readonly line: number | null;
  /** Whether its annotations have faults: then it is checked and left out. */
  readonly isBroken: boolean;
}

/** "labels/a.txt, line 3". */
export function placeIn(source: string, line: number | null): string {
  return line === null ? source : `${source}, line ${line}`;
}
