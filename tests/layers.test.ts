// Imports run one way, and the compiler itself refuses what a layer must not know.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from './requirements.js';

const probes = {
  'node:fs': "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');\n",
  process: 'export const folder = process.cwd();\n',
  Buffer: 'export const bytes = Buffer.from([1]);\n',
  document: 'export const body = document.body;\n',
  performance: 'export const now = performance.now();\n',
  console: 'console.log(1);\n',
  setTimeout: 'setTimeout(() => {}, 1);\n',
  fetch: "export const answer = fetch('/');\n",
} as const;
type Probe = keyof typeof probes;

const layers: Record<string, { refused: readonly Probe[]; accepted: readonly Probe[] }> = {
  'src/core': {
    refused: ['node:fs', 'process', 'Buffer', 'document', 'performance', 'console', 'setTimeout', 'fetch'],
    accepted: [],
  },
  'src/pipeline': {
    refused: ['node:fs', 'process', 'Buffer', 'document', 'performance', 'console', 'setTimeout', 'fetch'],
    accepted: [],
  },
  'src/adapters/node': { refused: ['document'], accepted: ['node:fs', 'process', 'performance'] },
  'src/adapters/browser': { refused: ['node:fs', 'process', 'Buffer'], accepted: ['document', 'performance'] },
  'src/apps/cli': { refused: ['document'], accepted: ['node:fs', 'process'] },
  'src/apps/server': { refused: ['document'], accepted: ['node:fs', 'process'] },
  'src/apps/web': { refused: ['node:fs', 'process', 'Buffer'], accepted: ['document', 'performance'] },
};

describe.each(Object.entries(layers))('the compiler in %s', (layer, { refused, accepted }) => {
  let folder = '';
  let errors: string[] = [];

  // The layer's own configuration and its own files (whose dependencies could leak types), and the probes beside them.
  beforeAll(() => {
    const cache = join(repositoryRoot, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'layer-'));
    for (const probe of [...refused, ...accepted]) writeFileSync(join(folder, fileOf(probe)), probes[probe]);
    const fromHere = (path: string) => relative(folder, join(repositoryRoot, path)).split(sep).join('/');
    const config = {
      extends: fromHere(`${layer}/tsconfig.json`),
      compilerOptions: {
        composite: false,
        declaration: false,
        emitDeclarationOnly: false,
        noEmit: true,
        rootDir: fromHere('.'),
        tsBuildInfoFile: null,
      },
      include: [fromHere(`${layer}/**/*.ts`), fromHere(`${layer}/**/*.tsx`), './probe-*.ts'],
      exclude: ['**/*.test.ts', '**/*.contract.ts', '**/vite.config.ts'].map((pattern) => fromHere(`src/${pattern}`)),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    errors = stdout.split('\n').filter((line) => line.includes('error TS'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const codesFor = (probe: Probe) =>
    errors.filter((line) => line.includes(fileOf(probe))).map((line) => /error (TS\d+)/.exec(line)?.[1]);

  it('reads the configuration', () => {
    expect(errors.filter((line) => !line.includes('.ts(') && !line.includes('.tsx('))).toEqual([]);
  });

  it.each(refused)('refuses %s', (probe) => {
    // 2304, 2580, 2584, 2591: cannot find the name; 2307: cannot find the module.
    expect(codesFor(probe)).not.toEqual([]);
    for (const code of codesFor(probe)) expect(['TS2304', 'TS2307', 'TS2580', 'TS2584', 'TS2591']).toContain(code);
  });

  if (accepted.length > 0) {
    it.each(accepted)('accepts %s', (probe) => {
      expect(codesFor(probe)).toEqual([]);
    });
  }
});

function fileOf(probe: Probe): string {
  return `probe-${probe.replace(':', '-')}.ts`;
}

const mayImport: Record<string, readonly string[]> = {
  core: ['core'],
  pipeline: ['pipeline', 'core'],
  'adapters/node': ['adapters/node', 'core'],
  'adapters/browser': ['adapters/browser', 'core'],
  'apps/cli': ['apps/cli', 'apps/server', 'adapters/node', 'pipeline', 'core'],
  'apps/server': ['apps/server', 'adapters/node', 'pipeline', 'core'],
  'apps/web': ['apps/web', 'adapters/browser', 'pipeline', 'core'],
};
/** Pure libraries that run anywhere. */
const packagesOfCore = ['@bufbuild/protobuf', 'flatbuffers', 'yaml', 'zod'];
/** Reports are drawn in the pipeline, as text. */
const packagesOfPipeline = [...packagesOfCore, 'echarts'];

describe('imports', () => {
  const sourceRoot = join(repositoryRoot, 'src');
  const imports = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|contract)\.tsx?$|vite\.config\.ts$/.test(file))
    .flatMap((file) => importsOf(file).map((target) => ({ file: file.split(sep).join('/'), target })));

  it('are found', () => {
    expect(imports.length).toBeGreaterThan(50);
  });

  it('run from apps to adapters and pipeline, and from those to core, never back', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (!target.startsWith('.')) return false;
      const layer = layerOf(file);
      const path = relative(sourceRoot, resolve(sourceRoot, dirname(file), target))
        .split(sep)
        .join('/');
      return !layer || !mayImport[layer]?.includes(layerOf(path) ?? '');
    });
    expect(wrong).toEqual([]);
  });

  it('of core and pipeline name only libraries that run anywhere', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target.startsWith('.') || !/^(core|pipeline)\//.test(file)) return false;
      const [scope, name] = target.split('/');
      const allowed = file.startsWith('core/') ? packagesOfCore : packagesOfPipeline;
      return !allowed.includes(target.startsWith('@') ? `${scope}/${name}` : scope!);
    });
    expect(wrong).toEqual([]);
  });

  it('of the page and of the browser’s adapters name nothing of Node', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        /^(adapters\/browser|apps\/web)\//.test(file) &&
        (target.startsWith('node:') || builtinModules.includes(target) || target === 'sharp'),
    );
    expect(wrong).toEqual([]);
  });

  function importsOf(file: string): string[] {
    const text = readFileSync(join(sourceRoot, file), 'utf8');
    const pattern =
      /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
    return [...text.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
  }

  function layerOf(file: string): string | undefined {
    return Object.keys(mayImport).find((layer) => file === layer || file.startsWith(`${layer}/`));
  }
});
