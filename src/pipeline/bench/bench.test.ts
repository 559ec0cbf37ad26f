// What is run, in which order, and what becomes of the answers.
import { describe, expect, it } from 'vitest';
import { benchInference } from './bench-inference.js';
import type { BenchTask, InferenceTask, RunBenchTask, TrainingTask } from './bench-task.js';
import { benchTrain } from './bench-train.js';
import { parseBenchConfig } from './config.js';
import { latencyFigure } from './report/bench-chart.js';
import { describeInference, describeTrainingBench, inferencePage } from './report/describe-bench.js';

const models = (['one', 'two'] as const).map((name) => ({
  ...{ name, source: { file: `${name}.onnx` }, form: 'float32' as const },
  ...{ bytes: 1e6, parameters: 1e6, multiplyAdds: 1e8 },
}));

/** Answers by what is asked: a call takes `batch` ms, and a tenth as much before and after. */
function fakeRun() {
  const asked: BenchTask[] = [];
  const runTask = (async (task: BenchTask) => {
    asked.push(task);
    const memory = { memoryMb: 100 + asked.length, addedMemoryMb: asked.length };
    if (task.kind === 'train') return { ...memory, durationsMs: [1000 / task.workers, 5000, 1000 / task.workers] };
    if (task.kind === 'peer') throw new Error('no peers here');
    const times = (ms: number) => new Array<number>(task.calls).fill(ms);
    const durationsMs = {
      ...{ preprocessing: times(0.1 * task.batch), inference: times(task.batch), postprocessing: times(0.1) },
    };
    return { ...memory, openMs: 50 - asked.length, durationsMs };
  }) as RunBenchTask;
  return { asked, runTask };
}

const config = parseBenchConfig({ names: [], batches: [1, 4], threads: [2], rounds: 2, calls: 10 });

describe('benchInference', () => {
  it('takes the configurations in turn, and all of them in every round', async () => {
    const { asked, runTask } = fakeRun();
    await benchInference({ models, config, runTask });
    const described = (asked as InferenceTask[]).map(({ model, runtime, threads, batch }) =>
      [(model as { file: string }).file, runtime, threads, batch].join(' '),
    );
    expect(described).toHaveLength(16);
    expect(described.slice(0, 8)).toEqual(described.slice(8));
    expect(new Set(described).size).toBe(8);
    expect(described.slice(0, 4)).toEqual([
      'one.onnx node 2 1',
      'one.onnx node 2 4',
      'one.onnx web 2 1',
      'one.onnx web 2 4',
    ]);
  });

  it('pools the calls of all rounds', async () => {
    const { results } = await benchInference({ models, config, runTask: fakeRun().runTask });
    expect(results[1]).toMatchObject({ model: 'one', runtime: 'node', threads: 2, batch: 4, calls: 20 });
    expect(results[1]!.latencyMs).toMatchObject({
      p50: 4.5,
      p99: 4.5,
      preprocessing: { p50: 0.4 },
      inference: { p50: 4 },
    });
    expect(results[1]!.imagesPerSecond).toBeCloseTo(4000 / 4.5, 0);
    // The second of the first eight, and the second of the next eight.
    expect(results[1]).toMatchObject({ openMs: 40, memoryMb: 110, addedMemoryMb: 10 });
  });

  it('is told as a table, a page and a chart', async () => {
    const bench = await benchInference({ models, config, runTask: fakeRun().runTask });
    const row = /^one +onnxruntime-node +2 +4 +4\.500 +4\.500 +4\.500 +0\.400 +4\.000 +0\.100 +889 +110 \(10 added\)$/;
    expect(describeInference(bench).filter((line) => row.test(line))).toHaveLength(1);
    const page = inferencePage(bench, { processor: 'Chip', cores: 2, node: '20', onnxruntime: '1' });
    expect(page).toMatch(/^\| two \| onnxruntime-web \| 2 \| 1 \| 1\.200 \|/m);
    const { legend, svg } = latencyFigure(bench);
    expect(legend).toEqual(['2 threads']);
    for (const text of ['one, node', 'two, web', '1.200']) expect(svg.light).toContain(text);
    expect(svg.light).not.toContain('4.500');
  });
});

describe('benchTrain', () => {
  it('times each way to divide a batch by the median step, and takes the quickest', async () => {
    const { asked, runTask } = fakeRun();
    const bench = await benchTrain({ config, runTask });
    expect((asked as TrainingTask[]).map(({ workers, ghostBatch }) => [workers, ghostBatch])).toEqual([
      ...[
        [1, null],
        [2, null],
        [2, 16],
      ],
      ...[
        [1, null],
        [2, null],
        [2, 16],
      ],
    ]);
    expect(bench).toMatchObject({ architecture: 'reference', batch: 64, threads: 2, imagesPerSecond: 128 });
    expect(bench.engines.map(({ imagesPerSecond }) => imagesPerSecond)).toEqual([64, 128, 128]);
    expect(describeTrainingBench(bench).join('\n')).toMatch(/ 1 +- +64\.0 +104\n/);
  });

  it('needs no second way on one thread', async () => {
    const { asked, runTask } = fakeRun();
    await benchTrain({ config: { ...config, threads: [1], rounds: 1 }, runTask });
    expect(asked).toMatchObject([{ workers: 1, threads: 1 }]);
  });
});

describe('parseBenchConfig', () => {
  it('measures all when nothing is named, once what is named twice', () => {
    expect(parseBenchConfig({ names: [] }).names).toEqual(['inference', 'train']);
    expect(parseBenchConfig({ names: ['train', 'train'], threads: [1, 1] })).toMatchObject({
      names: ['train'],
      threads: [1],
    });
  });

  it.each([
    { names: ['speed'] },
    { names: [], batches: [] },
    { names: [], threads: [0] },
    { names: [], runtimes: ['gpu'] },
    { names: [], calls: 3 },
  ])('refuses %j', (options) => {
    expect(() => parseBenchConfig(options)).toThrow(/options of bench/);
  });
});
