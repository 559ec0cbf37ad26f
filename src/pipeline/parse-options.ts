// A stage's options, checked.
import type { z } from 'zod';
import { ConfigError } from '../core/errors.js';

/** What the schema makes of them, defaults filled in. Throws ConfigError: `refusal`, then every wrong option with its reason. */
export function parseOptions<T extends z.ZodType>(schema: T, options: unknown, refusal: string): z.infer<T> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw new ConfigError(`${refusal}:\n${wrongOptions(result.error)}`);
}

/** A line for every wrong option: its path and what is wrong, or the message alone where that names the command line's own option. */
function wrongOptions({ issues }: z.ZodError): string {
  return issues
    .map(
      ({ path, message }) => `  ${path.length === 0 || message.includes('--') ? '' : `${path.join('.')}: `}${message}`,
    )
    .join('\n');
}
