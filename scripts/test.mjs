// `npm test`: sets up what is missing, builds, checks types and style, runs the tests. Its last line is the count.
//   node scripts/test.mjs [--quick | --slow] [--document] [PATH or option of Vitest ...]
//   --quick     units of core and pipeline only, without set-up and checks; other words are options only
//   --slow      the *.slow.test.ts instead of the others, without the checks
//   --document  writes the table of the slowest files into docs/testing.md
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import {
  installPackages,
  installPeers,
  installSystemPackages,
  packagesAreInstalled,
  requireNode,
  root,
  run,
  start,
} from './set-up.mjs';
import { documentTimes, printTimes, readTimes } from './test-times.mjs';

const continuousIntegration = Boolean(process.env.CI) && process.env.CI !== 'false';
const own = ['--quick', '--slow', '--document'];
const [isQuick, isSlow, isDocumented] = own.map((option) => process.argv.includes(option));
const extra = process.argv.slice(2).filter((word) => !own.includes(word));
const selection = isQuick
  ? ['--project', 'unit', '--no-isolate', ...quickFiles()]
  : isSlow
    ? ['--project', 'slow']
    : ['--project', 'browser', '--project', 'unit'];
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const startMs = performance.now();

requireNode();
if (isQuick) {
  if (!packagesAreInstalled()) end('the npm packages must be installed: npm ci');
  if (!(await step('build', ['scripts/build.mjs']))) end('no test was run');
} else {
  // The system's packages come while npm's are installed and the code is compiled.
  const system = installSystemPackages().then(() => continuousIntegration && installPeers());
  if (!(await installPackages())) end('npm ci failed');
  if (!(await step('build', ['scripts/build.mjs']))) end('no test was run');
  await system;
  // The build has compiled the layers; what remains of `npm run check` are the tests' types and the style.
  if (!isSlow) {
    await Promise.all([
      step('types of the tests', ['node_modules/typescript/bin/tsc', '-p', 'tests/tsconfig.json']),
      step('style', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']),
    ]);
  }
}
runTests();
end();

/** Of core and pipeline without whole trainings and sets of photographs. Files of one process load what they share once. */
function quickFiles() {
  const long =
    /[\\/](distillation|choose-pretrained|export-run|mediapipe-detector|quantise|train|train-ensemble)\.test\.ts$|\.slow\.test\.ts$/;
  return ['src/core', 'src/pipeline'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.test.ts') && !long.test(file))
      .map((file) => `${folder}/${file.split(sep).join('/')}`),
  );
}

async function step(name, args) {
  process.stderr.write(`— ${name}\n`);
  const passed = (await start(process.execPath, args)) === 0;
  if (!passed) fail(name);
  return passed;
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'moodlens-test-'));
  const report = join(folder, 'report.json');
  const times = join(folder, 'times.jsonl');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  process.stderr.write('— tests\n');
  try {
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...selection, ...extra];
    const status = run(process.execPath, args, { env: { ...process.env, MOODLENS_TEST_TIMES: times } });
    const before = counts.failed;
    count(JSON.parse(readFileSync(report, 'utf8')));
    // An error outside of any test fails the run too.
    if (status !== 0 && counts.failed === before) fail(`vitest ended with status ${status}`);
    const slowest = readTimes(times);
    printTimes(slowest);
    if (isDocumented) documentTimes(isSlow ? 'slow' : 'fast', slowest);
  } catch (error) {
    fail(`the tests left no report: ${error.message}`);
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
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1;
      else if (status === 'failed') fail(`${name}: ${fullName}${reasonOf(failureMessages)}`);
      else if (continuousIntegration && !fullName.includes('[skipped: '))
        fail(`${name}: skipped without a reason: ${fullName}`);
      else {
        counts.skipped += 1;
        process.stderr.write(`skipped: ${name}: ${fullName}\n`);
      }
    }
  }
}

/** The first lines of why a test failed, so that the end of the output is enough to know. */
function reasonOf([message = '']) {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(0, 12)
    .map((line) => `\n    ${line.slice(0, 300)}`)
    .join('');
}

function fail(what) {
  counts.failed += 1;
  failures.push(what);
}

function end(reason) {
  if (reason) fail(reason);
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  process.stderr.write(`${((performance.now() - startMs) / 1000).toFixed(0)} s\n`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  process.exit(counts.failed > 0 ? 1 : 0);
}
