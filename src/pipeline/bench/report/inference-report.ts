// The inference figures as files: JSON, a page and charts. Loads ECharts.
import { chartFile } from '../../report/chart-file.js';
import type { InferenceBench } from '../bench-inference.js';
import type { PeersBench } from '../bench-peers.js';
import { latencyFigure, peersFigure } from './bench-chart.js';
import { type BenchPlace, inferencePage } from './describe-bench.js';

export interface InferenceReport {
  readonly figures: InferenceBench;
  readonly place: BenchPlace;
  /** When they were measured. */
  readonly peers: PeersBench | undefined;
}

/** The files' names and texts. */
export function inferenceReport({ figures, place, peers }: InferenceReport): [name: string, text: string][] {
  return [
    ['inference.json', `${JSON.stringify({ ...figures, peers, ...place }, null, 2)}\n`],
    ['inference.md', inferencePage(figures, place, peers)],
    ['inference.svg', chartFile(latencyFigure(figures))],
    ...(peers === undefined ? [] : [['peers.svg', chartFile(peersFigure(peers))] as [string, string]]),
  ];
}
