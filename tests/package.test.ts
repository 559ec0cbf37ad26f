// What `npm pack` gives, installed into an empty folder, works: the command, the library's entries, their types.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from './requirements.js';

const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
const photograph = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');
const windows = process.platform === 'win32';

let folder = '';
let packed: { files: { path: string; size: number }[]; size: number; unpackedSize: number; filename: string };

function run(command: string, args: readonly string[], cwd = folder) {
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_loglevel: 'error' };
  return spawnSync(command, args, { cwd, env, encoding: 'utf8', shell: windows, maxBuffer: 1 << 26 });
}

beforeAll(() => {
  if (!existsSync(join(repositoryRoot, 'dist/web/index.html'))) throw new Error('not built; run `npm run build` first');
  folder = mkdtempSync(join(tmpdir(), 'moodlens-package-'));
  const pack = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], repositoryRoot);
  expect(pack.status, pack.stderr).toBe(0);
  packed = JSON.parse(pack.stdout)[0];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }));
  const packages = [`./${packed.filename}`, `@types/node@${manifest.devDependencies['@types/node']}`];
  const install = run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages]);
  expect(install.status, install.stderr).toBe(0);
}, 300_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe('package-lock.json', () => {
  it('is complete: npm ci accepts it', () => {
    const checkout = join(folder, 'checkout');
    mkdirSync(checkout);
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      copyFileSync(join(repositoryRoot, file), join(checkout, file));
    }
    const { status, stderr } = run('npm', ['ci', '--dry-run', '--ignore-scripts', '--prefer-offline'], checkout);
    expect(status, stderr).toBe(0);
  });
});

describe('the tarball', () => {
  it('holds the command, the models, the page and the papers', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'dist/apps/cli/main.js',
      'dist/web/index.html',
      'models/face-full-range.onnx',
      'models/face-short-range.onnx',
      'models/expression.onnx',
      'models/expression.int8.onnx',
      'models/expression.md',
      'models/expression.evaluation.json',
      'bench/inference-peers.py',
    ]) {
      expect(paths).toContain(path);
    }
  });

  it('holds no tests, sources, research data or build notes', () => {
    const strange = packed.files.filter(({ path }) =>
      /\.test\.|fixtures|\.tsbuildinfo$|^(src|tests|shared|data|runs)\//.test(path),
    );
    expect(strange).toEqual([]);
  });

  it('holds no compiled file whose source is gone', () => {
    const orphans = packed.files
      .map(({ path }) => path)
      .filter((path) => /^dist\/(core|pipeline|adapters|apps)\/.*\.js$/.test(path))
      .filter((path) => !existsSync(join(repositoryRoot, path.replace(/^dist/, 'src').replace(/\.js$/, '.ts'))));
    expect(orphans).toEqual([]);
  });

  it('stays small', () => {
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    console.log(`package: ${megabytes(packed.size)} MB packed, ${megabytes(packed.unpackedSize)} MB unpacked`);
    expect(packed.size).toBeLessThan(40e6);
  });
});

describe('the installed command', () => {
  it('prints its version', () => {
    const { status, stdout } = run('npx', ['--no-install', 'moodlens', '--version']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${manifest.version}\n` });
  });

  it('lists its commands', () => {
    const { status, stdout } = run('npx', ['--no-install', 'moodlens', '--help']);
    expect(status).toBe(0);
    for (const name of [
      'collect',
      'people',
      'data',
      'train',
      'runs',
      'evaluate',
      'predict',
      'detect',
      'analyze',
      'live',
    ]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  const detect = () => {
    copyFileSync(photograph, join(folder, 'photograph.jpg'));
    const { status, stdout, stderr } = run('npx', ['--no-install', 'moodlens', 'detect', 'photograph.jpg', '--json']);
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  it('finds the faces of a photograph, also where onnxruntime-node could not be installed', () => {
    const found = detect();
    expect(found).toMatchObject({ file: 'photograph.jpg' });
    expect(found.faces.length).toBeGreaterThan(0);
    expect(found.faces[0].score).toBeGreaterThan(0.5);

    const runtime = join(folder, 'node_modules/onnxruntime-node');
    renameSync(runtime, join(folder, 'onnxruntime-node'));
    try {
      const again = detect();
      expect(again.faces.length).toBe(found.faces.length);
      expect(again.faces[0].score).toBeCloseTo(found.faces[0].score, 3);
    } finally {
      renameSync(join(folder, 'onnxruntime-node'), runtime);
    }
  });
});

describe('the installed library', () => {
  it('is imported as moodlens and moodlens/node', () => {
    writeFileSync(
      join(folder, 'consumer.mjs'),
      `import { expressionLabels, DatasetError } from 'moodlens';
       import { shippedModel, openSession } from 'moodlens/node';
       const session = await openSession(await shippedModel('face-full-range.onnx'));
       console.log(JSON.stringify([expressionLabels.length, new DatasetError('x').code, session.inputNames.length]));
       await session.release();`,
    );
    const { status, stdout, stderr } = run(process.execPath, ['consumer.mjs']);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual([7, 'DATASET', 1]);
  });

  it('runs the example of the README', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(repositoryRoot, 'README.md'), 'utf8'))![1]!;
    writeFileSync(join(folder, 'example.mjs'), example);
    copyFileSync(photograph, join(folder, 'group.jpg'));
    const { status, stdout, stderr } = run(process.execPath, ['example.mjs']);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/box: \[/);
  });

  it('is bundled for a page as moodlens/browser, with nothing of Node in it', async () => {
    const input = join(folder, 'page.js');
    writeFileSync(input, "import * as browser from 'moodlens/browser';\nglobalThis.browser = browser;\n");
    const bundles = await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      build: { write: false, minify: false, rolldownOptions: { input } },
    });
    const chunks = [bundles].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
    const code = chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n');
    expect(code).not.toMatch(/__vite-browser-external|from ['"]node:/);
    expect(code.length).toBeGreaterThan(1000);
  });

  it('has types that a strict consumer resolves', () => {
    mkdirSync(join(folder, 'typed'), { recursive: true });
    writeFileSync(
      join(folder, 'typed/consumer.ts'),
      `import { type Box, expressionLabels, type FaceDetector, type MoodlensError } from 'moodlens';
       import { shippedModel } from 'moodlens/node';
       import * as browser from 'moodlens/browser';
       export const model: Promise<Uint8Array> = shippedModel('expression.onnx');
       export const first: 'angry' = expressionLabels[0];
       export const box: Box = [0, 0, 1, 1];
       export type Code = MoodlensError['code'];
       export type Release = ReturnType<FaceDetector['release']>;
       export const entry: object = browser;
       // @ts-expect-error TS2345: there is no such model
       shippedModel('smile.onnx');`,
    );
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'nodenext',
      lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
      types: ['node'],
      exactOptionalPropertyTypes: true,
    };
    writeFileSync(join(folder, 'typed/tsconfig.json'), JSON.stringify({ compilerOptions }));
    const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    const { stdout } = run(process.execPath, [tsc, '-p', 'typed', '--pretty', 'false']);
    // What the dependencies' own declarations get wrong is not ours to test.
    const ours = stdout
      .split('\n')
      .filter((line) => /error TS/.test(line) && /^typed\/|node_modules\/moodlens\/|^error/.test(line));
    expect(ours).toEqual([]);
  });
});
