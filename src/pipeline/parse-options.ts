// A stage's options, checked.
import { z } from 'zod';
import { ConfigError } from '../core/errors.js';

/** What the schema makes of them, defaults filled in. Throws ConfigError: `refusal`, then every wrong option with its reason. */
export function parseOptions<T extends z.ZodType>(schema: T, options: unknown, refusal: string): z.infer<T> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw new ConfigError(`${refusal}:\n${z.prettifyError(result.error)}`);
}
