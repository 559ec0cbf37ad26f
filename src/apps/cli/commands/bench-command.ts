// `moodlens bench`: how fast models answer and how fast training goes, on this machine.
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { readProgramFacts } from '../../../adapters/node/program-facts.js';
import { loadRuntime } from '../../../adapters/node/session.js';
import { ConfigError } from '../../../core/errors.js';
import { benchInference } from '../../../pipeline/bench/bench-inference.js';
import { benchPeers, type PeersBench } from '../../../pipeline/bench/bench-peers.js';
import { benchTrain } from '../../../pipeline/bench/bench-train.js';
import {
  type BenchConfig,
  type BenchName,
  benchConfigSchema,
  benchNames,
  parseBenchConfig,
} from '../../../pipeline/bench/config.js';
import {
  type BenchPlace,
  describeInference,
  describeTrainingBench,
} from '../../../pipeline/bench/report/describe-bench.js';
import { describePeers } from '../../../pipeline/bench/report/describe-peers.js';
import { jsonOption } from '../arguments/json.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { commandOf } from '../command-descriptions.js';
import { requirePeers, runBenchTask } from '../processes/bench-runner.js';
import { withProgress } from '../terminal/with-progress.js';
import { openBenchModels } from './open-bench-models.js';

interface BenchOptions extends Omit<z.input<typeof benchConfigSchema>, 'names'> {
  readonly model?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(benchConfigSchema);

/** A measurement's figures, as JSON and for people. */
interface Measured {
  readonly figures: object;
  readonly lines: readonly string[];
}

/** The command's definition. */
export function define(): Command {
  return commandOf('bench')
    .argument('[name...]', `what to measure: ${benchNames.join(', ')} (default: all)`)
    .option('--model <file...>', 'expression models instead of the shipped one in both forms')
    .addOption(stage.option('runtimes', { flag: 'runtime' }))
    .addOption(stage.option('batches', { flag: 'batch' }))
    .addOption(stage.option('threads'))
    .addOption(stage.option('rounds'))
    .addOption(stage.option('calls'))
    .addOption(stage.option('seconds'))
    .addOption(stage.option('steps'))
    .addOption(stage.option('peers'))
    .addOption(stage.option('peerCalls'))
    .option(
      '--out <dir>',
      'write the inference figures as inference.json, .md and .svg (a chart); of --peers: peers.svg',
    )
    .addOption(jsonOption('a line of JSON for each measurement'))
    .action(bench);
}

async function bench(names: readonly string[], options: BenchOptions): Promise<void> {
  const config = await readConfig(names, options);
  if (config.peers) await requirePeers();
  const place = await readPlace(config);
  for (const name of config.names) {
    const { figures, lines } = await measurements[name](config, place, options);
    const json = { benchmark: name, ...figures, ...place };
    process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${lines.join('\n')}\n`);
  }
}

const measurements: Record<
  BenchName,
  (config: BenchConfig, place: BenchPlace, options: BenchOptions) => Promise<Measured>
> = {
  async inference(config, place, options) {
    const models = await openBenchModels(options.model);
    const figures = await withProgress('bench inference', (progress) =>
      benchInference({ models, config, runTask: runBenchTask, progress }),
    );
    const peers = config.peers ? await measurePeers(config) : undefined;
    if (options.out !== undefined) {
      // ECharts takes a second to load: only those who want the charts wait for it.
      const { inferenceReport } = await import('../../../pipeline/bench/report/inference-report.js');
      for (const [name, text] of inferenceReport({ figures, place, peers })) {
        await writeFileAtomic(join(options.out, name), text);
      }
    }
    return {
      figures: { ...figures, peers },
      lines: [...describeInference(figures), ...(peers === undefined ? [] : describePeers(peers))],
    };
  },
  async train(config) {
    const figures = await withProgress('bench train', (progress) =>
      benchTrain({ config, runTask: runBenchTask, progress }),
    );
    return { figures, lines: describeTrainingBench(figures) };
  },
};

function measurePeers(config: BenchConfig): Promise<PeersBench> {
  return withProgress('bench peers', (progress) => benchPeers({ config, runTask: runBenchTask, progress }));
}

/** Without onnxruntime-node, which is optional, only the other runtime can be measured. */
async function readConfig(names: readonly string[], options: BenchOptions): Promise<BenchConfig> {
  const isNative = (await loadRuntime()).name === 'onnxruntime-node';
  const config = parseBenchConfig({
    names,
    ...(isNative ? {} : { runtimes: ['web'] }),
    ...stage.given(options),
  });
  if (!isNative && config.runtimes.includes('node')) {
    throw new ConfigError(
      "--runtime node needs the package onnxruntime-node, and it cannot be loaded; install it, or measure '--runtime web'",
    );
  }
  return config;
}

async function readPlace({ runtimes }: BenchConfig): Promise<BenchPlace> {
  const { node, onnxruntime } = await readProgramFacts(runtimes.includes('node') ? 'cpu' : 'wasm');
  const processors = cpus();
  return { processor: processors[0]?.model.trim() || 'unknown', cores: processors.length, node, onnxruntime };
}
