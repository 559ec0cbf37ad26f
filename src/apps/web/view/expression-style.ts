// How each expression looks: one muted colour, always with its word beside it.

const named = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'];

/** The colour of a label, as the theme has it for the ground it stands on; grey for one that is not ours. */
export function expressionColour(label: string): string {
  return `var(--${named.includes(label) ? label : 'neutral'})`;
}

/** A name for a face: the person's, or which of the unknown ones it is. */
export function faceName(person: string | null, track: number): string {
  return person ?? `Face ${track}`;
}
