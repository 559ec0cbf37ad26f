import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const slow = '**/*.slow.test.ts';
const browser = '**/*.browser.test.ts';

/** `npm test` runs unit and browser, `npm run test:slow` slow (docs/testing.md). */
const projects: Record<string, { include: string[]; exclude?: string[] }> = {
  browser: { include: [browser] },
  unit: { include: ['**/*.test.ts'], exclude: [browser, slow] },
  slow: { include: [slow] },
};

/** Far above what any test takes: only a test that hangs should meet it, not one on a busy machine. */
const hangsAfterMs = 1_800_000;

export default defineConfig({
  test: {
    // Files of all projects side by side, one more than cores, as many wait for a browser or a kill. A test waits for conditions, so
    // that a busy machine changes nothing.
    maxWorkers: Math.min(availableParallelism() + 1, 8),
    projects: Object.entries(projects).map(
      ([name, { include, exclude = [] }]): TestProjectConfiguration => ({
        test: {
          name,
          include: include.flatMap((pattern) => [`src/${pattern}`, `tests/${pattern}`]),
          exclude,
          setupFiles: ['tests/measure-file.ts'],
          testTimeout: hangsAfterMs,
          hookTimeout: hangsAfterMs,
          expect: { poll: { timeout: 120_000 } },
          pool: 'forks',
        },
      }),
    ),
  },
});
