// What `npm pack` gives, installed into an empty folder, works: the command, the library's entries, their types.
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
import { installPacked, type Packed, runIn } from './packed-package.js';
import { repositoryRoot } from './requirements.js';

const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
const photograph = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');

let folder = '';
let packed: Packed;

const run = (command: string, args: readonly string[], cwd = folder, more: NodeJS.ProcessEnv = {}) =>
  runIn(cwd, command, args, more);

/** As of FER2013: noise of so many faces, half of them to train on. */
function csvOfFaces(count: number): string {
  const pixels = (seed: number) => Array.from({ length: 48 * 48 }, (_, i) => (i * (seed + 3)) % 251).join(' ');
  const rows = Array.from(
    { length: count },
    (_, i) => `${i % 7},${pixels(i)},${i % 2 === 0 ? 'Training' : 'PublicTest'}`,
  );
  return `emotion,pixels,Usage\n${rows.join('\n')}\n`;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moodlens-package-'));
  packed = installPacked(folder, [`@types/node@${manifest.devDependencies['@types/node']}`]);
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

describe('.npmrc', () => {
  it('holds nothing that npm warns of', () => {
    const { status, stderr } = run('npm', ['config', 'get', 'ignore-scripts'], repositoryRoot, {
      npm_config_loglevel: 'warn',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('npm run tarball', () => {
  it('builds before it packs, though .npmrc forbids scripts', () => {
    const checkout = join(folder, 'packing');
    mkdirSync(join(checkout, 'scripts'), { recursive: true });
    for (const file of ['package.json', '.npmrc']) copyFileSync(join(repositoryRoot, file), join(checkout, file));
    writeFileSync(join(checkout, 'scripts/build.mjs'), "console.error('the build runs');\n");
    const { status, stderr } = run('npm', ['run', 'tarball', '--', '--dry-run'], checkout);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('the build runs');
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
      'models/face-detector.onnx',
      'models/face-embedding.md',
      'models/face-embedding.onnx',
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
    return { found: JSON.parse(stdout), stderr };
  };

  /** Takes a path of the installed package away for the time of a call. */
  function without<T>(path: string, call: () => T): T {
    const installed = join(folder, 'node_modules', path);
    renameSync(installed, join(folder, 'taken-away'));
    try {
      return call();
    } finally {
      renameSync(join(folder, 'taken-away'), installed);
    }
  }

  it.each([
    [
      'is missing',
      'onnxruntime-node',
      /^the package onnxruntime-node is not installed .*'npm install --ignore-scripts'/,
    ],
    [
      'does not load',
      'onnxruntime-node/bin',
      /^the package onnxruntime-node is installed and does not load \(Cannot find/,
    ],
  ])('finds the faces of a photograph, also where onnxruntime-node %s, and says so', (_, path, notice) => {
    const { found, stderr } = detect();
    expect(stderr).not.toContain('onnxruntime-node');
    expect(found).toMatchObject({ file: 'photograph.jpg' });
    expect(found.faces.length).toBeGreaterThan(0);
    expect(found.faces[0].score).toBeGreaterThan(0.5);

    const again = without(path, detect);
    expect(again.found.faces.length).toBe(found.faces.length);
    expect(again.found.faces[0].score).toBeCloseTo(found.faces[0].score, 3);
    expect(again.stderr.trim().split('\n')).toEqual([expect.stringMatching(notice)]);
  });

  it('says once that onnxruntime-node is missing, whatever threads and processes take part, and not where wasm is chosen', () => {
    writeFileSync(join(folder, 'faces.csv'), csvOfFaces(16));
    const moodlens = (args: readonly string[], env = {}) =>
      run('npx', ['--no-install', 'moodlens', ...args], folder, env);
    const { status, stderr } = moodlens(['data', 'import', 'faces.csv', '--out', 'faces']);
    expect(status, stderr).toBe(0);
    writeFileSync(
      join(folder, 'recipe.json'),
      JSON.stringify({ architecture: 'compact', epochs: 1, batchSize: 8, workers: 2, ghostBatch: 4 }),
    );
    const train = (out: string, env = {}) =>
      moodlens(['train', '--data', 'faces', '--config', 'recipe.json', '--out', out, '--json'], env);
    const fallen = without('onnxruntime-node', () => train('run-1'));
    expect(fallen.status, fallen.stderr).toBe(0);
    expect(fallen.stderr.match(/onnxruntime-node/g)).toHaveLength(1);
    expect(fallen.stdout).not.toContain('is not installed');
    const chosen = without('onnxruntime-node', () => train('run-2', { MOODLENS_RUNTIME: 'wasm' }));
    expect(chosen.status, chosen.stderr).toBe(0);
    expect(chosen.stderr).not.toContain('onnxruntime-node');
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

  // Without skipLibCheck: a fault in any declaration that an entry reaches is one of the consumer's build.
  const typed = {
    moodlens: {
      // zod's declarations want a URL: Node's or a page's.
      compilerOptions: { lib: ['ES2023'], types: ['node'] },
      source: `import { type Box, expressionLabels, type FaceDetector, type MoodlensError } from 'moodlens';
        export const first: 'angry' = expressionLabels[0];
        export const box: Box = [0, 0, 1, 1];
        export type Code = MoodlensError['code'];
        export type Release = ReturnType<FaceDetector['release']>;
        // @ts-expect-error TS2322: a box has four numbers
        export const wrong: Box = [0, 0, 1];`,
    },
    'moodlens/node': {
      compilerOptions: { lib: ['ES2023'], types: ['node'] },
      source: `import type { Session } from 'moodlens';
        import { openSession, shippedModel } from 'moodlens/node';
        export const model: Promise<Uint8Array> = shippedModel('expression.onnx');
        export const session: Promise<Session> = openSession(new Uint8Array(), { device: 'cpu' });
        // @ts-expect-error TS2345: there is no such model
        shippedModel('smile.onnx');`,
    },
    'moodlens/tuning': {
      compilerOptions: { lib: ['ES2023'], types: [] },
      source: `import { createStudy } from 'moodlens/tuning';
        const study = await createStudy();
        await study.optimize((trial) => trial.suggestFloat('x', -5, 5), { trials: 1 });`,
    },
    'moodlens/browser': {
      compilerOptions: { lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'], types: [] },
      source: `import type { Session } from 'moodlens';
        import { openSession } from 'moodlens/browser';
        export const session: Promise<Session> = openSession(new Uint8Array());`,
    },
  };

  it.each(Object.entries(typed))('compiles in a strict consumer of %s', (entry, { compilerOptions, source }) => {
    const project = join(folder, 'typed', entry.replace('/', '-'));
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'consumer.ts'), source);
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const output = { noEmit: true, target: 'es2022', module: 'nodenext' };
    const config = { compilerOptions: { ...strict, ...output, ...compilerOptions } };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = run(process.execPath, [tsc, '-p', project, '--pretty', 'false']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
