// The options of the audit: which checks run, and which samples a cleaned copy leaves out.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

/** Why a sample may be left out of a cleaned copy, and what each means. */
export const removalReasons = {
  blank: 'blank or nearly blank pictures',
  'non-faces': 'pictures on which there is likely no face',
  twins: 'pictures that another split holds pixel for pixel',
  'near-twins': 'pictures with a near duplicate in another split',
  conflicting: 'identical pictures with different labels: those against the majority, all where there is none',
  duplicates: 'all but the first of identical pictures',
  'label-issues': 'likely label errors',
  'against-votes': 'labels that no voter chose',
} as const;

export type RemovalReason = keyof typeof removalReasons;

const reasonNames = Object.keys(removalReasons) as [RemovalReason, ...RemovalReason[]];

/** Doubtful labels need inspection by eye: they are removed only on request. */
export const defaultRemovals: readonly RemovalReason[] = ['blank', 'non-faces', 'twins', 'near-twins', 'conflicting'];

export const auditConfigSchema = z.strictObject({
  remove: z
    .array(z.enum(reasonNames))
    .min(1)
    .optional()
    .meta({ value: 'reasons' })
    .describe(`what the copy leaves out (default: ${defaultRemovals.join(',')}): ${reasonNames.join(',')}`),
  removeFrom: z
    .array(z.string().trim().min(1))
    .min(1)
    .optional()
    .meta({ value: 'splits' })
    .describe('splits that may lose samples (default: the training split, so that figures stay comparable)'),
  faces: z
    .boolean()
    .default(true)
    .meta({ off: 'do not search for pictures without a face (the slowest part)' })
    .describe('search for pictures without a face'),
  unseen: z.boolean().default(false).describe('the model was trained on none of these samples, whatever its file says'),
  batch: z.int().min(1).max(256).default(64).describe('pictures in one run of the model'),
});

export type AuditConfig = z.infer<typeof auditConfigSchema>;

/** Checks the options and fills in the defaults. Throws ConfigError that names every wrong one. */
export function parseAuditConfig(options: unknown): AuditConfig {
  return parseOptions(auditConfigSchema, options, "the audit's options are not valid");
}
