// Colours at a terminal: errors, warnings, headings. Never in output that another program reads.

const codes = { error: 31, warning: 33, heading: 1 } as const;

/**
 * Whether a stream shows colours: a terminal that can, unless NO_COLOR is set (https://no-color.org); FORCE_COLOR asks for them
 * elsewhere too, and 0 or false for none.
 */
export function showsColour(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return Boolean(stream.isTTY) && env.TERM !== 'dumb';
}

/** The text in its colour; what follows a line end is not coloured. */
export function paint(kind: keyof typeof codes, text: string): string {
  return `\u001b[${codes[kind]}m${text}\u001b[0m`;
}

/** `error:` at the beginning in red, where stderr shows colours. */
export function paintError(text: string, isColoured = showsColour(process.stderr)): string {
  return isColoured ? text.replace(/^error:/, paint('error', 'error:')) : text;
}

/** A yellow line on stderr: the work continues, but not quite as the user may expect. */
export function warn(text: string): void {
  process.stderr.write(`${showsColour(process.stderr) ? paint('warning', text) : text}\n`);
}
