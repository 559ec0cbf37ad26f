// The options of the bench stage.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

/** The measurements, in their order. */
export const benchNames = ['inference', 'train'] as const;
export type BenchName = (typeof benchNames)[number];

/** The two builds of ONNX Runtime: native code, and WebAssembly as in a page. */
export const benchRuntimes = ['node', 'web'] as const;
export type BenchRuntime = (typeof benchRuntimes)[number];

const counts = (most: number) => z.array(z.int().min(1).max(most)).min(1);
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

export const benchConfigSchema = z
  .strictObject({
    names: z
      .array(z.enum(benchNames))
      .transform((names) => benchNames.filter((name) => names.length === 0 || names.includes(name)))
      .describe('what to measure; all when none is named'),
    runtimes: z
      .array(z.enum(benchRuntimes))
      .min(1)
      .default([...benchRuntimes])
      .transform(distinct)
      .describe('builds of ONNX Runtime: node (native code), web (WebAssembly)'),
    batches: counts(256).default([1, 32]).transform(distinct).describe('faces in one call'),
    threads: counts(64)
      .default([1, 2])
      .transform(distinct)
      .describe('threads of ONNX Runtime; training takes the most'),
    rounds: z.int().min(1).max(100).default(3).describe('times that everything is measured, in turn'),
    calls: z.int().min(10).max(100_000).default(200).describe('calls of a model in a round, after the warm-up'),
    seconds: z
      .number()
      .positive()
      .max(3600)
      .default(3)
      .meta({ value: 's' })
      .describe('time after which a round makes do with fewer calls'),
    peers: z
      .boolean()
      .default(false)
      .describe(
        'also measure Keras and PyTorch on the same network, in the same run (MOODLENS_PEERS_PYTHON names a Python)',
      ),
    peerCalls: counts(100_000)
      .default([100, 10_000])
      .transform(distinct)
      .describe("numbers of calls of the loops by which the study case's speed-up was timed"),
    steps: z.int().min(1).max(1000).default(12).describe('training steps in a round, after the warm-up'),
  })
  .refine(({ names, peers }) => !peers || names.includes('inference'), {
    path: ['peers'],
    error: 'peers are measured beside inference: name it too, or leave --peers away',
  });

export type BenchConfig = z.infer<typeof benchConfigSchema>;

/** Checks the options. Throws ConfigError when one is wrong. */
export function parseBenchConfig(options: unknown): BenchConfig {
  return parseOptions(benchConfigSchema, options, 'the options of bench are not valid');
}
