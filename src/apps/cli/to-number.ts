/** A number option's value: NaN for what is no number, which the command's schema then refuses by name. */
export function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
