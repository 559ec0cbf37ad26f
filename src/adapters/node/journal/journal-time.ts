/** Now, as Optuna's journals stamp it: microseconds, and an offset that old versions of Python read. */
export function journalTime(): string {
  return new Date().toISOString().replace('Z', '000+00:00');
}
