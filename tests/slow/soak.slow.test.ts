// The short form of soak/frames.mjs, judged by what can be counted: no state outlives its track, whoever comes and goes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { itWith, repositoryRoot } from '../requirements.js';

const dist = join(repositoryRoot, 'dist/core/live/pipeline.js');
const compiled = { path: dist, missing: existsSync(dist) ? undefined : 'dist is not built (npm run build)' };

itWith(compiled, 'a soak run of 2,000 frames holds and keeps alive only what belongs to its tracks', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(repositoryRoot, 'soak/frames.mjs'), '--frames', '2000', '--json'],
    { encoding: 'utf8' },
  );
  expect(status, stdout + stderr).toBe(0);
  const outcome = JSON.parse(stdout);
  expect(outcome).toMatchObject({ frames: 2000, faults: [] });
  // People did come and go, and several were in view at once.
  expect(outcome.stretches).toBeGreaterThan(100);
  expect(outcome.busiest).toBeGreaterThan(2);
});
