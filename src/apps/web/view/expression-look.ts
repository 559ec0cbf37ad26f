// How each expression looks: one muted colour that is told apart on dark ground, always with its word beside it.

const looks: Readonly<Record<string, string>> = {
  angry: '#f07f73',
  disgust: '#a8c66c',
  fear: '#b39af2',
  happy: '#f4c95d',
  sad: '#74aaf0',
  surprise: '#f3a063',
  neutral: '#a9b3c4',
};

/** The colour of a label; grey for one that is not ours. */
export function expressionColour(label: string): string {
  return looks[label] ?? looks.neutral!;
}

/** A name for a face: the person's, or which of the unknown ones it is. */
export function faceName(person: string | null, track: number): string {
  return person ?? `Face ${track}`;
}
