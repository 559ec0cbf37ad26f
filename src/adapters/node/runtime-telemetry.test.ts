// Sessions open whatever the command line's length, and nothing about the machine is written down for others.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { describeWith, repositoryRoot } from '../../../tests/requirements.js';

const session = join(repositoryRoot, 'dist/adapters/node/session.js');
const compiled = { path: session, missing: existsSync(session) ? undefined : 'dist is not built (npm run build)' };
const root = mkdtempSync(join(tmpdir(), 'moodlens-telemetry-'));
const model = join(root, 'tiny.onnx');
writeFileSync(model, tinyExpressionModel());
afterAll(() => rmSync(root, { recursive: true }));

/** What a program of somebody else prints that is called with `args`; its home is a folder of the test. */
function runProgram(name: string, code: string, args: readonly string[] = []) {
  const file = join(root, `${name}.mjs`);
  const home = join(root, `home-${name}`);
  mkdirSync(home);
  writeFileSync(file, code);
  const { ORT_DISABLE_TELEMETRY: _, ...outer } = process.env;
  const env = { ...outer, HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { env, encoding: 'utf8' });
  return { status, signal, stdout: stdout.trim(), stderr, home };
}

const open = `
  import { readFileSync } from 'node:fs';
  import { loadRuntime, openSession } from ${JSON.stringify(session)};
  const opened = await openSession(readFileSync(${JSON.stringify(model)}));
  console.log((await loadRuntime()).name, opened.inputNames.join());
  await opened.release();
`;
/** A main thread that knows nothing of moodlens, and a thread of it that does. */
const inThread = (first: string) => `
  import { Worker } from 'node:worker_threads';
  ${first}
  new Worker(${JSON.stringify(join(root, 'open.mjs'))});
`;
writeFileSync(join(root, 'open.mjs'), open);
const manyPaths = Array.from({ length: 2000 }, (_, i) => `/pictures/of/somebody/photograph-${i}.jpg`);

describeWith(compiled, 'sessions of a process with a long command line', () => {
  it('open', () => {
    const { signal, status, stdout } = runProgram('long', open, manyPaths);
    expect([signal, status]).toEqual([null, 0]);
    expect(stdout).toMatch(/ image$/);
  });

  it('open in a thread, in WebAssembly where the main thread has not imported moodlens', () => {
    const alone = runProgram('alone', inThread(''), manyPaths);
    expect([alone.signal, alone.status]).toEqual([null, 0]);
    expect(alone.stdout).toBe('onnxruntime-web image');
    const after = runProgram('after', inThread(`await import(${JSON.stringify(session)});`), manyPaths);
    expect([after.signal, after.status]).toEqual([null, 0]);
    expect(after.stdout).toMatch(/ image$/);
  });

  it('leave nothing in the home folder', () => {
    const { home, stdout } = runProgram('quiet', open);
    expect(stdout).toMatch(/ image$/);
    expect(readdirSync(home)).toEqual([]);
  });
});
