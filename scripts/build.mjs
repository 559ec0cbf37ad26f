// `npm run build`: everything that is made from the source. A step whose inputs have not changed is not repeated.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { installPackages, requireNode, root, run } from './set-up.mjs';

const stampFolder = join(root, 'node_modules/.cache/moodlens-build');

const steps = [
  {
    name: 'detectors',
    inputs: [
      'scripts/build-detectors.mjs',
      'dist/core/onnx',
      'dist/core/detect/mediapipe/detector-models.js',
      'node_modules/@mediapipe/face_detection/package.json',
    ],
    outputs: ['models/face-full-range.onnx', 'models/face-short-range.onnx'],
    command: ['scripts/build-detectors.mjs'],
  },
  {
    name: 'embedding',
    inputs: [
      'scripts/build-embedding.mjs',
      'dist/core/onnx',
      'dist/core/identity/embedding',
      'node_modules/@vladmandic/face-api/package.json',
    ],
    outputs: ['models/face-embedding.onnx'],
    command: ['scripts/build-embedding.mjs'],
  },
  {
    name: 'sample',
    inputs: ['scripts/build-sample.mjs', 'node_modules/@vladmandic/face-api/package.json'],
    outputs: ['src/apps/web/public/sample'],
    command: ['scripts/build-sample.mjs'],
  },
  {
    name: 'page',
    inputs: [
      'src/apps/web',
      'src/core',
      'src/pipeline',
      'src/adapters/browser',
      'package-lock.json',
      'tsconfig.base.json',
    ],
    outputs: ['dist/web/index.html'],
    command: [
      'node_modules/vite/bin/vite.js',
      'build',
      '--config',
      'src/apps/web/vite.config.ts',
      '--logLevel',
      'warn',
    ],
  },
];

requireNode();
if (!(await installPackages())) fail('npm packages');
compile();
for (const step of steps) build(step);

function compile() {
  removeStaleOutputs();
  if (run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']) !== 0) fail('tsc -b');
  const bin = join(root, 'dist/apps/cli/main.js');
  chmodSync(bin, 0o755);
}

/** tsc leaves the output of a source file that is gone; it would be packed. */
function removeStaleOutputs() {
  const compiled = ['core', 'pipeline', 'adapters', 'apps/cli', 'apps/server'];
  for (const folder of compiled) {
    for (const file of filesBelow(join(root, 'dist', folder))) {
      const name = relative(join(root, 'dist'), file).replace(/(\.d\.ts|\.js)$/, '');
      if (name.endsWith('.tsbuildinfo')) continue;
      if (!existsSync(join(root, 'src', `${name}.ts`)) && !existsSync(join(root, 'src', `${name}.tsx`))) rmSync(file);
    }
  }
}

function build(step) {
  const before = fingerprint(step);
  const stamp = join(stampFolder, step.name);
  const outputsExist = step.outputs.every((output) => existsSync(join(root, output)));
  if (outputsExist && existsSync(stamp) && readFileSync(stamp, 'utf8') === before) return;
  process.stderr.write(`building: ${step.name}\n`);
  const startMs = performance.now();
  if (run(process.execPath, step.command) !== 0) fail(step.name);
  for (const output of step.outputs) {
    if (!existsSync(join(root, output))) fail(`${step.name} (it made no ${output})`);
  }
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(stamp, fingerprint(step));
  process.stderr.write(`built: ${step.name} in ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`);
}

/** Of the inputs' names, sizes and times of change; tests and the step's own outputs do not count. */
function fingerprint(step) {
  const hash = createHash('sha256');
  for (const input of step.inputs) {
    for (const file of filesBelow(join(root, input))) {
      if (/\.test\.tsx?$|\.tsbuildinfo$/.test(file) || isOutput(step, file)) continue;
      const { size, mtimeMs } = statSync(file);
      hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function isOutput(step, file) {
  return step.outputs.some((output) => file === join(root, output) || file.startsWith(join(root, output) + sep));
}

/** The file itself, or every file below the folder, in a fixed order. */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function fail(what) {
  process.stderr.write(`build failed: ${what}\n`);
  process.exit(1);
}
