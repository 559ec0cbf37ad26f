// The values of options: lists of names, and numbers.

/** A number option's value: NaN for what is no number, which the command's schema then refuses by name. */
export function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The values of the number options that were given, by name. */
export function toNumbers<K extends string>(
  options: { readonly [key in NoInfer<K>]?: string },
  keys: readonly K[],
): Record<string, number> {
  const given = keys.flatMap((key) => {
    const text = options[key];
    return text === undefined ? [] : [[key, toNumber(text)] as const];
  });
  return Object.fromEntries(given);
}

/** The names of an option that takes several: `a, b,c`. */
export function parseNames(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
