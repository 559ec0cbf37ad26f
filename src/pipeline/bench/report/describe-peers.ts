// The comparison with other implementations, in words and tables.
import type { ReportTable } from '../../report/report-table.js';
import { tableLines } from '../../report/text-table.js';
import type { EngineName, PeerLoop, PeersBench } from '../bench-peers.js';
import { milliseconds } from './milliseconds.js';

const callNames: Readonly<Record<EngineName, string>> = {
  moodlens: 'moodlens',
  'keras-predict': 'Keras Model.predict',
  'keras-call': 'Keras compiled call',
  torch: 'PyTorch',
};

/** The engine's display name. */
export function engineTitle(engine: EngineName): string {
  return callNames[engine];
}

export function latencyTable({ results }: PeersBench): ReportTable {
  return {
    columns: ['engine', 'threads', 'p50 ms', 'p95 ms', 'p99 ms', 'ours / this', 'memory MiB'],
    rows: results.map(({ engine, threads, latencyMs: { p50, p95, p99 }, oursOverThis, memoryMb }) => [
      ...[engineTitle(engine), String(threads), ...[p50, p95, p99].map(milliseconds)],
      ...[oursOverThis.toPrecision(3), String(memoryMb)],
    ]),
  };
}

export function loopTable({ loops }: PeersBench): ReportTable {
  const engines = Object.keys(callNames) as EngineName[];
  return {
    columns: ['one after the other', ...engines.map((engine) => `${engineTitle(engine)}, s`)],
    rows: loops.map(({ calls, seconds }) => [
      `${calls.toLocaleString('en')} calls`,
      ...engines.map((engine) => seconds[engine].toPrecision(3)),
    ]),
  };
}

/** The factors of the study case's published speed-up, a sentence for each loop; then what was compared. */
export function peerNotes(bench: PeersBench): string[] {
  const { architecture, parameters, runtime, versions, loops } = bench;
  const others = [...new Set(Object.values(versions))].join('; ');
  return [
    ...loops.map(explain),
    `All run the network '${architecture}' (${parameters.toLocaleString('en')} parameters) on one picture that is a tensor already; ours in onnxruntime-${runtime}, the others: ${others}. 'ours / this': our median over theirs, within each round.`,
  ];
}

/** Lines for a terminal. */
export function describePeers(bench: PeersBench): string[] {
  const tables = [latencyTable(bench), loopTable(bench)];
  return [...tables.flatMap((table) => ['', ...tableLines(table)]), ...peerNotes(bench)];
}

function explain({ calls, seconds, predictOverOurs, predictOverCall, callOverOurs }: PeerLoop): string {
  const overheadMs = (1000 * (seconds['keras-predict'] - seconds['keras-call'])) / calls;
  return `${calls.toLocaleString('en')} calls: Model.predict takes ${times(predictOverOurs)} of our time (the study case published 26.7 for this comparison). That is ${times(predictOverCall)} for what predict does around the model, ${overheadMs.toFixed(1)} ms a call, and ${times(callOverOurs)} for the runtime.`;
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)} x`;
}
