// What `moodlens train --list-architectures` prints.

import { architectureFacts } from '../../../../core/nn/architectures/architecture-facts.js';
import { architectureNames, createArchitecture } from '../../../../core/nn/architectures/create-architecture.js';

/** Expressions in FER2013; another number of classes changes only the last layer. */
const classes = 7;

/** Prints every architecture with its sizes and costs, as a table or as JSON. */
export function listArchitectures(json: boolean): void {
  const facts = architectureNames.map((name) => architectureFacts(createArchitecture(name, { classes })));
  if (json) {
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  const size = ({ height, width }: { height: number; width: number }): string => `${width}x${height}`;
  const rows = [
    ['architecture', 'input', 'crop', 'parameters', 'multiply-adds', 'embedding'],
    ...facts.map(({ name, input, crop, parameters, multiplyAdds, embedding }) => [
      ...[name, size(input), size(crop)],
      ...[parameters, multiplyAdds, embedding].map((count) => count.toLocaleString('en')),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    process.stdout.write(`${cells.join('  ')}\n`);
  }
}
