// The numbers that a model gave, checked.
import { ModelFormatError } from '../errors.js';
import type { Tensor } from '../ports/session.js';

/** The output `name` as `rows` x `columns` finite numbers. Throws ModelFormatError when the model gave anything else. */
export function finiteOutput(
  outputs: Readonly<Record<string, Tensor>>,
  name: string,
  rows: number,
  columns: number,
): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== rows * columns) {
    throw new ModelFormatError(
      `the model must give ${rows} x ${columns} numbers as '${name}' and gave ${data?.length ?? 'none'}; export it again`,
    );
  }
  if (!data.every(Number.isFinite)) {
    throw new ModelFormatError(
      `the model gave '${name}' that are not finite numbers; its weights are damaged, train or export it again`,
    );
  }
  return data;
}
