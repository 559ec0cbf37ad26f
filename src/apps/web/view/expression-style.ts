// The colour of each expression, always used with its word beside it.

const named = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'];

/** The theme's colour of a label; grey for an unknown one. */
export function expressionColour(label: string): string {
  return `var(--${named.includes(label) ? label : 'neutral'})`;
}

/** A name for a face: the person's, or which of the unknown ones it is. */
export function faceName(person: string | null, track: number): string {
  return person ?? `Face ${track}`;
}
