import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { describeWith, repositoryRoot } from '../../../../../tests/requirements.js';
import { architectureFacts } from '../../../../core/nn/architectures/architecture-facts.js';
import { architectureNames, createArchitecture } from '../../../../core/nn/architectures/create-architecture.js';
import { createRandom } from '../../../../core/numbers/random.js';
import { describeShare, shareCores } from '../../../../pipeline/train/share-cores.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-train-'));
const path = (name: string) => join(root, name);
const program = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };
const settings = {
  ...{ architecture: 'compact', epochs: 15, batchSize: 10, threads: 1 },
  schedule: { name: 'constant', rate: 0.01 },
};

beforeAll(async () => {
  const random = createRandom(1);
  const row = (i: number) => {
    const pixels = Array.from({ length: 2304 }, () => random.integer(256)).join(' ');
    return `${i % 7},${pixels},${i < 30 ? 'Training' : 'PublicTest'}`;
  };
  writeFileSync(
    path('small.csv'),
    ['emotion,pixels,Usage', ...Array.from({ length: 40 }, (_, i) => row(i))].join('\n'),
  );
  expect((await runCli('data', 'import', path('small.csv'), '--out', path('data'))).code).toBe(0);
  writeFileSync(path('config.json'), JSON.stringify(settings));
  writeFileSync(path('list.json'), '[]');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(built, 'moodlens train', () => {
  it('saves on Ctrl-C, and resumes from there to the end', async () => {
    const out = path('stopped');
    const child = spawn(
      process.execPath,
      [program, 'train', '--data', path('data'), '--config', path('config.json'), '--out', out],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    // Its first epoch's line: training is under way. Then Ctrl-C, twice, as npx passes it on.
    let isAsked = false;
    child.stderr.on('data', (chunk) => {
      if (isAsked || !String(chunk).includes('epoch 1/15:')) return;
      isAsked = true;
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 20);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(said).toContain(`--resume ${out}`);
    expect(existsSync(join(out, 'checkpoint.bin'))).toBe(true);
    expect(existsSync(join(out, 'model.onnx'))).toBe(false);
    const done = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n').length;
    expect(done).toBeLessThan(settings.epochs);

    // Another number of epochs would be another run.
    const refused = await runCli('train', '--data', path('data'), '--resume', out, '--epochs', '5');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('epochs was 15 and is 5');
    const resumed = await runCli('train', '--data', path('data'), '--resume', out, '--json');
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ end: 'finished', epochs: 15, validation: { n: 10 } });
    expect(readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n')).toHaveLength(15);
  });

  it.each([
    [['--out', 'x', '--resume', 'y'], /not both/],
    [[], /--out for a new run/],
    [['--out', 'x', '--device', 'tpu'], /one of cpu, webgpu, cuda, wasm, and is 'tpu'/],
    [['--out', 'x', '--epochs', 'many'], /epochs/],
    [['--out', 'x', '--epochs', '1e9'], /epochs: .*<=100000/],
    [['--out', 'x', '--config', path('list.json')], /list\.json must hold a JSON object/],
    [['--out', 'x', '--config', 'missing.json'], /missing\.json must be a file/],
  ])('takes %j for wrong use', async (options, says) => {
    const { code, stdout, stderr } = await runCli('train', '--data', path('data'), ...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });

  it('takes a worker a core, writes down what it took, and keeps it when it is resumed', async () => {
    const { threads: _, ...open } = settings;
    writeFileSync(path('open.json'), JSON.stringify({ ...open, epochs: 1, batchSize: 30 }));
    const options = ['train', '--data', path('data'), '--config', path('open.json')];
    const trained = await runCli(...options, '--out', path('shared'));
    expect(trained.code, trained.stderr).toBe(0);
    const config = JSON.parse(readFileSync(join(path('shared'), 'config.json'), 'utf8'));
    expect(config).toMatchObject(shareCores({ batchSize: 30 }, { cores: availableParallelism() }));
    expect(trained.stderr).toContain(`; ${describeShare(config)}`);
    // As if it came from a machine of other cores.
    writeFileSync(path('open.json'), JSON.stringify({ ...open, epochs: 1, batchSize: 30, threads: 3, workers: 1 }));
    expect((await runCli(...options, '--out', path('other'))).code).toBe(0);
    writeFileSync(path('open.json'), JSON.stringify({ ...open, epochs: 1, batchSize: 30 }));
    const resumed = await runCli(...options, '--resume', path('other'));
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain('1 worker of 3 threads');
  });

  it('ends at Ctrl-C also before its first step', async () => {
    const out = path('early');
    const child = spawn(
      process.execPath,
      [program, 'train', '--data', path('data'), '--config', path('config.json'), '--out', out],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (chunk) => {
      // Once the run is announced its engine is made.
      if (said === '') child.kill('SIGINT');
      said += chunk;
    });
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('close', (...ended) => resolve(ended)),
    );
    // By the signal itself; where the first step came before it, with what was done saved.
    expect([`null SIGINT`, `130 null`]).toContain(`${code} ${signal}`);
    const args = existsSync(join(out, 'run.json'))
      ? ['--resume', out]
      : ['--out', out, '--config', path('config.json')];
    expect((await runCli('train', '--data', path('data'), ...args)).code).toBe(0);
  });

  it('lists the architectures without a dataset', async () => {
    const { code, stdout, stderr } = await runCli('train', '--list-architectures');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1 + architectureNames.length);
    expect(lines.find((line) => line.startsWith('original'))).toMatch(/48x48 +48x48 +2,346,887 +77,326,464 +1,024$/);
    const listed = JSON.parse((await runCli('train', '--list-architectures', '--json')).stdout);
    expect(listed).toEqual(
      architectureNames.map((name) => architectureFacts(createArchitecture(name, { classes: 7 }))),
    );
    expect((await runCli('train', '--out', path('x'))).stderr).toMatch(/needs a dataset: --data/);
  });

  it('trains on another device after a comparison with the CPU, and resumes there', async () => {
    const options = ['train', '--data', path('data'), '--json'];
    const trained = await runCli(
      ...options,
      '--config',
      path('config.json'),
      '--epochs',
      '1',
      '--device',
      'wasm',
      '--out',
      path('wasm'),
    );
    expect(trained.code).toBe(0);
    expect(trained.stderr).toContain('wasm computes what the CPU does');
    expect(JSON.parse(trained.stdout)).toMatchObject({ end: 'finished', validation: { n: 10 } });
    expect((await runCli(...options, '--resume', path('wasm'))).stderr).toContain('wasm computes what the CPU does');
    const onCpu = await runCli(...options, '--resume', path('wasm'), '--device', 'cpu');
    expect(onCpu.stderr).not.toContain('wasm computes');
    const { starts } = JSON.parse(readFileSync(join(path('wasm'), 'run.json'), 'utf8'));
    expect(starts).toMatchObject([{ device: 'wasm' }, { device: 'wasm' }, { device: 'cpu' }]);
    expect(starts[0].onnxruntime).toMatch(/^onnxruntime-web /);
  });

  it('refuses a device that is not there before it writes anything, and lists those that are', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
    const refused = await runCli('train', '--data', path('data'), '--device', 'cuda', '--out', path('refused'));
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/cuda must be there, .*; there are: cpu, .*\[DEVICE\]/);
    expect(existsSync(path('refused'))).toBe(false);
    const listed = await runCli('train', '--list-devices', '--json');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { device: 'cpu', isThere: true },
      { device: 'webgpu' },
      { device: 'cuda', isThere: false, problem: expect.stringContaining('NVIDIA') },
      { device: 'wasm', isThere: true },
    ]);
    vi.unstubAllEnvs();
  });

  it('says what is missing when the dataset or the run is not there', async () => {
    const noData = await runCli('train', '--data', path('nothing'), '--out', path('x'));
    expect(noData.code).toBe(1);
    expect(noData.stderr).toContain("'moodlens data import'");
    const noRun = await runCli('train', '--data', path('data'), '--resume', path('nothing'));
    expect(noRun.code).toBe(1);
    expect(noRun.stderr).toContain('run folder must hold config.json');
    expect(existsSync(path('x'))).toBe(false);
  });
});
