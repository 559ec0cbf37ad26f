import type { ArchitectureFacts } from '../../../core/nn/architectures/architecture-facts.js';
import { tableLines } from '../../report/text-table.js';

/** A table of the architectures with their sizes and costs; ends with a line end. */
export function describeArchitectures(facts: readonly ArchitectureFacts[]): string {
  const size = ({ height, width }: { height: number; width: number }): string => `${width}x${height}`;
  const lines = tableLines({
    columns: ['architecture', 'input', 'crop', 'parameters', 'multiply-adds', 'embedding'],
    rows: facts.map(({ name, input, crop, parameters, multiplyAdds, embedding }) => [
      ...[name, size(input), size(crop)],
      ...[parameters, multiplyAdds, embedding].map((count) => count.toLocaleString('en')),
    ]),
  });
  return `${lines.join('\n')}\n`;
}
