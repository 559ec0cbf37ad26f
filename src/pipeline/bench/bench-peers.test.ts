// The comparison with Keras and PyTorch: order, ratios, and what it refuses to compare.
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../core/errors.js';
import { benchPeers } from './bench-peers.js';
import type { BenchTask, RunBenchTask } from './bench-task.js';
import { parseBenchConfig } from './config.js';
import { peersFigure } from './report/bench-chart.js';
import { describePeers } from './report/describe-peers.js';

const parameters = 2_346_887;
const latencyMs = { 'keras-predict': 40, 'keras-call': 1.2, torch: 0.8 };

/** Ours takes 0.5 ms; the machine becomes slower by half from round to round, as a busy one may. */
function fakeRun(theirParameters = parameters) {
  const asked: string[] = [];
  const slowness = new Map<string, number>();
  const runTask = (async (task: BenchTask) => {
    if (task.kind === 'train') throw new Error('nothing is trained here');
    const engine = task.kind === 'peer' ? task.peer : 'moodlens';
    asked.push(`${engine} ${task.threads} ${task.calls} ${task.seconds ?? '-'}`);
    const slower = slowness.get(engine) ?? 1;
    slowness.set(engine, 1.5 * slower);
    const times = (ms: number) => new Array<number>(task.calls).fill(slower * ms);
    if (task.kind === 'peer') {
      const facts = { version: `version of ${engine}`, parameters: theirParameters, memoryMb: 600 };
      return { ...facts, durationsMs: times(latencyMs[task.peer]) };
    }
    const stages = { preprocessing: times(7), inference: times(0.5), postprocessing: times(7) };
    return { openMs: 1, memoryMb: 90, addedMemoryMb: 40, durationsMs: stages };
  }) as RunBenchTask;
  return { asked, runTask };
}

const config = parseBenchConfig({
  names: ['inference'],
  peers: true,
  threads: [1],
  rounds: 3,
  calls: 10,
  peerCalls: [5, 50],
});

describe('benchPeers', () => {
  it('takes the engines in turn, then each for the long loop without a limit of time', async () => {
    const { asked, runTask } = fakeRun();
    await benchPeers({ config, runTask });
    const round = ['moodlens', 'keras-predict', 'keras-call', 'torch'];
    expect(asked).toEqual([
      ...[1, 2, 3].flatMap(() => round.map((engine) => `${engine} 1 10 3`)),
      ...round.map((engine) => `${engine} 1 50 -`),
    ]);
  });

  it('compares within each round, so that a machine that slows down does not matter', async () => {
    const { results, versions } = await benchPeers({ config, runTask: fakeRun().runTask });
    const ratios = Object.fromEntries(results.map(({ engine, oursOverThis }) => [engine, oursOverThis]));
    expect(ratios).toEqual({ moodlens: 1, 'keras-predict': 0.0125, 'keras-call': 0.4167, torch: 0.625 });
    expect(results[2]).toMatchObject({ calls: 30, latencyMs: { p50: 1.8 }, memoryMb: 600 });
    expect(versions).toEqual({
      ...{ 'keras-predict': 'version of keras-predict', 'keras-call': 'version of keras-call' },
      torch: 'version of torch',
    });
  });

  it("takes the published comparison apart: predict's own part times the runtime's", async () => {
    const bench = await benchPeers({ config, runTask: fakeRun().runTask });
    expect(bench.loops.map(({ calls }) => calls)).toEqual([5, 50]);
    for (const { calls, seconds, predictOverOurs, predictOverCall, callOverOurs } of bench.loops) {
      expect(seconds['keras-predict']).toBeCloseTo((calls * 40 * 1.5 ** 3) / 1000, 2);
      expect(predictOverOurs).toBeCloseTo(80, 6);
      expect(predictOverCall * callOverOurs).toBeCloseTo(predictOverOurs, 1);
    }
    const text = describePeers(bench).join('\n');
    expect(text).toMatch(/^Keras compiled call +1 +1\.800 .* 0\.417 +600$/m);
    expect(text).toMatch(
      /^50 calls: Model\.predict takes 80\.0 x of our time .* 33\.3 x for what predict does .* 2\.40 x for the runtime\.$/m,
    );
    expect(peersFigure(bench).svg.dark).toContain('Keras Model.predict');
  });

  it('refuses a peer whose network is another one', async () => {
    await expect(benchPeers({ config, runTask: fakeRun(parameters + 1).runTask })).rejects.toThrow(DeviceError);
  });
});
