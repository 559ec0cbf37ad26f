// The section that moodlens adds to OpenCV's LBPH file, which OpenCV skips: how faces are prepared for the recogniser.

import type { CropSize } from '../detect/face-crop.js';
import { PeopleError } from '../errors.js';
import type { FaceCut } from './face-light.js';
import type { StorageNode } from './file-storage-yaml.js';
import { numberOf } from './opencv-yaml.js';

export const peopleSection = 'moodlens_people';

/** A cut whose size is known. */
export type SizedCut = FaceCut & { readonly faceSize: CropSize };

/** The section as text; `names` is the number of people, so that a truncated file is detected. */
export function writePeopleSection({ align, light, faceSize }: SizedCut, names: number): string {
  // Version 1 had no illumination normalisation: a file without it stays readable for programs of that version.
  const head = light === 'as-is' ? { version: 1 } : { version: 2, tan_triggs: 1 };
  const facts = {
    ...head,
    align: align ? 1 : 0,
    face_width: faceSize.width,
    face_height: faceSize.height,
    names,
  };
  const lines = Object.entries(facts).map(([key, value]) => `   ${key}: ${value}\n`);
  return `${peopleSection}:\n${lines.join('')}`;
}

/** Parses the section. Throws PeopleError when it is damaged or of a later version. */
export function readPeopleSection(facts: ReadonlyMap<string, StorageNode>): { cut: SizedCut; names: number } {
  const version = numberOf(facts, 'version');
  if (version !== 1 && version !== 2) {
    throw new PeopleError(`the people file must have version 1 or 2; found ${version}; a newer moodlens wrote it`);
  }
  const align = numberOf(facts, 'align');
  const width = numberOf(facts, 'face_width');
  const height = numberOf(facts, 'face_height');
  const tanTriggs = version === 1 ? 0 : numberOf(facts, 'tan_triggs');
  if (!isFlag(align) || !isFlag(tanTriggs) || !isSize(width) || !isSize(height)) {
    throw new PeopleError(
      `the people file must say align 0 or 1, tan_triggs 0 or 1, and a face size of 1 to 4096 pixels; found ${align}, ${tanTriggs}, ${width}x${height}; it is damaged`,
    );
  }
  const cut: SizedCut = {
    align: align === 1,
    light: tanTriggs === 1 ? 'tan-triggs' : 'as-is',
    faceSize: { width, height },
  };
  return { cut, names: numberOf(facts, 'names') };
}

const isFlag = (value: number): boolean => value === 0 || value === 1;
const isSize = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 4096;
