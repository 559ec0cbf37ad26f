/** The names of an option that takes several: `a, b,c`. */
export function parseNames(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
