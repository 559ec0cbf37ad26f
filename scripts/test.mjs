// `npm test`: sets up what is missing, builds, checks types and style, runs every test. Its last line is the count.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { installPackages, installPeers, installSystemPackages, requireNode, root, run } from './set-up.mjs';

const continuousIntegration = Boolean(process.env.CI) && process.env.CI !== 'false';
const extra = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
const startMs = performance.now();

requireNode();
if (!installPackages()) end('npm ci failed');
installSystemPackages();
if (continuousIntegration) installPeers();

step('build', ['scripts/build.mjs']) || end('the build failed: no test was run');
// The build has compiled the layers; what remains of `npm run check` are the tests' types and the style.
step('types of the tests', ['node_modules/typescript/bin/tsc', '-p', 'tests/tsconfig.json']);
step('style', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
runTests();
end();

function step(name, args) {
  process.stderr.write(`— ${name}\n`);
  const passed = run(process.execPath, args) === 0;
  if (!passed) {
    counts.failed += 1;
    process.stderr.write(`failed: ${name}\n`);
  }
  return passed;
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'moodlens-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  process.stderr.write('— tests\n');
  try {
    const status = run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...extra]);
    const before = counts.failed;
    count(JSON.parse(readFileSync(report, 'utf8')));
    // An error outside of any test fails the run too.
    if (status !== 0 && counts.failed === before) fail(`vitest ended with status ${status}`);
  } catch (error) {
    fail(`vitest left no report: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(report) {
  for (const file of report.testResults) {
    const name = relative(root, file.name);
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      fail(`${name}: ${file.message || 'could not be loaded'}`);
    }
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1;
      else if (status === 'failed') fail(`${name}: ${fullName}`);
      else if (continuousIntegration && !fullName.includes('[skipped: '))
        fail(`${name}: skipped without a reason: ${fullName}`);
      else {
        counts.skipped += 1;
        process.stderr.write(`skipped: ${name}: ${fullName}\n`);
      }
    }
  }
}

function fail(what) {
  counts.failed += 1;
  process.stderr.write(`failed: ${what}\n`);
}

function end(reason) {
  if (reason) {
    process.stderr.write(`${reason}\n`);
    counts.failed ||= 1;
  }
  process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(0)} s\n`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  process.exit(counts.failed > 0 ? 1 : 0);
}
