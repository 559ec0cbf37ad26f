// Measurements as rows of a table, for a terminal and for Markdown.
import { markdownTable } from '../../report/markdown.js';
import { type TextColumn, textTable } from '../../report/text-table.js';
import type { InferenceBench, InferenceFigures } from '../bench-inference.js';
import type { PeersBench } from '../bench-peers.js';
import type { TrainingBench } from '../bench-train.js';
import { latencyTable, loopTable, peerNotes } from './describe-peers.js';
import { milliseconds } from './milliseconds.js';

/** The machine and the versions. */
export interface BenchPlace {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly onnxruntime: string;
}

const right = (title: string): TextColumn => ({ title, align: 'right' });
const inferenceColumns: readonly TextColumn[] = [
  ...[{ title: 'model' }, { title: 'runtime' }, right('threads'), right('batch')],
  ...[right('p50 ms'), right('p95 ms'), right('p99 ms'), right('pre ms'), right('infer ms'), right('post ms')],
  ...[right('images/s'), right('memory MiB')],
];

const runtimeNames = { node: 'onnxruntime-node', web: 'onnxruntime-web' } as const;

/** Lines for a terminal. */
export function describeInference(bench: InferenceBench): string[] {
  return [...textTable(inferenceColumns, bench.results.map(inferenceCells)), ...inferenceNotes(bench)];
}

/** A Markdown page of the same, and of the peers when they were measured. */
export function inferencePage(bench: InferenceBench, place: BenchPlace, peers?: PeersBench): string {
  const rows = [inferenceColumns.map(({ title }) => title), ...bench.results.map(inferenceCells)];
  return [
    '# Inference, measured',
    `${place.processor}, ${place.cores} cores; Node ${place.node}, ONNX Runtime ${place.onnxruntime}.`,
    markdownTable(rows),
    ...inferenceNotes(bench),
    ...(peers === undefined ? [] : peerSection(peers)),
    '',
  ].join('\n\n');
}

function peerSection(peers: PeersBench): string[] {
  const tables = [latencyTable(peers), loopTable(peers)];
  return [
    '## Beside Keras and PyTorch',
    ...tables.map(({ columns, rows }) => markdownTable([columns, ...rows])),
    ...peerNotes(peers),
  ];
}

function inferenceCells(figures: InferenceFigures): string[] {
  const { model, runtime, threads, batch, latencyMs, imagesPerSecond, memoryMb, addedMemoryMb } = figures;
  const { p50, p95, p99, preprocessing, inference, postprocessing } = latencyMs;
  const times = [p50, p95, p99, preprocessing.p50, inference.p50, postprocessing.p50].map(milliseconds);
  return [
    ...[model, runtimeNames[runtime], String(threads), String(batch), ...times],
    ...[imagesPerSecond.toFixed(imagesPerSecond < 100 ? 1 : 0), `${memoryMb} (${addedMemoryMb} added)`],
  ];
}

function inferenceNotes({ models, rounds, results }: InferenceBench): string[] {
  const calls = results.map((figures) => figures.calls);
  const sizes = models.map(
    ({ name, form, bytes, parameters, multiplyAdds }) =>
      `${name}: ${form}, ${(bytes / 1e6).toFixed(2)} MB, ${(parameters / 1e6).toFixed(2)} million parameters, ${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds.`,
  );
  return [
    ...sizes,
    `p50, p95, p99: a whole call, from faces in colour to predictions; pre, infer, post: medians of its parts. Each row: a process of its own in each of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${Math.min(...calls)} to ${Math.max(...calls)} calls in all.`,
  ];
}

/** Lines for a terminal. */
export function describeTrainingBench({ architecture, batch, threads, engines }: TrainingBench): string[] {
  return [
    `${architecture}, whole training steps, batch ${batch}, ${threads} threads:`,
    ...textTable(
      [right('workers'), right('ghostBatch'), right('images/s'), right('memory MiB')],
      engines.map(({ workers, ghostBatch, imagesPerSecond, memoryMb }) => [
        ...[String(workers), ghostBatch === null ? '-' : String(ghostBatch)],
        ...[imagesPerSecond.toFixed(1), String(memoryMb)],
      ]),
    ),
  ];
}
