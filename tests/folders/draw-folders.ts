// The drawing of docs/architecture.md: the folders of src and who imports whom, laid out so that every arrow points down.
import { Graph, layout } from '@dagrejs/dagre';

interface Point {
  readonly x: number;
  readonly y: number;
}

const boxHeight = 26;
const letterWidth = 6.6;
const floors: Record<string, { readonly fill: string; readonly stroke: string }> = {
  apps: { fill: '#f6e3d3', stroke: '#b0682f' },
  adapters: { fill: '#efe6c4', stroke: '#8f7a1c' },
  pipeline: { fill: '#dcebd6', stroke: '#4c8538' },
  core: { fill: '#dbe7f3', stroke: '#39699c' },
};

/**
 * An SVG. `edges` names a folder's imports; an arrow that two others say already is left out (transitive reduction), so
 * that the drawing can be read. Throws TypeError when the folders make a circle.
 */
export function drawFolders(edges: ReadonlyMap<string, ReadonlySet<string>>): string {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 14, ranksep: 34, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const folder of [...edges.keys()].sort()) {
    graph.setNode(folder, { width: Math.round(folder.length * letterWidth + 18), height: boxHeight });
  }
  for (const [from, targets] of [...edges].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const to of [...targets].sort()) if (!isImplied(edges, from, to)) graph.setEdge(from, to);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const lines = graph.edges().map(({ v, w }: { v: string; w: string }) => arrow(graph.edge(v, w).points as Point[]));
  const boxes = graph.nodes().map((folder: string) => box(folder, graph.node(folder) as Point & { width: number }));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${Math.round(height)}" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11">
<title>The folders of src; an arrow means: imports from</title>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#777"/></marker></defs>
<rect width="100%" height="100%" fill="#fff"/>
${[...lines, ...boxes].join('\n')}
</svg>
`;
}

function isImplied(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const reaches = (node: string, path: readonly string[]): boolean => {
    if (path.includes(node)) throw new TypeError(`the folders make a circle: ${[...path, node].join(' -> ')}`);
    return node === to || [...(edges.get(node) ?? [])].some((next) => reaches(next, [...path, node]));
  };
  return [...(edges.get(from) ?? [])].some((next) => next !== to && reaches(next, [from]));
}

function box(folder: string, { x, y, width }: Point & { readonly width: number }): string {
  const { fill, stroke } = floors[folder.split('/')[0]!]!;
  const left = Math.round(x - width / 2);
  const top = Math.round(y - boxHeight / 2);
  return `<rect x="${left}" y="${top}" width="${width}" height="${boxHeight}" rx="5" fill="${fill}" stroke="${stroke}"/><text x="${Math.round(x)}" y="${Math.round(y) + 4}" text-anchor="middle" fill="#222">${folder}</text>`;
}

function arrow(points: readonly Point[]): string {
  const path = points.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="#999" marker-end="url(#head)"/>`;
}
