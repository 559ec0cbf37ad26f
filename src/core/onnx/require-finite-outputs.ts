// Sessions that refuse outputs that are not finite: where they are compared with a limit, NaN would look like "nothing found".
import { ModelFormatError } from '../errors.js';
import type { OpenSession } from '../ports/session.js';

/** The same sessions; `run` throws ModelFormatError that names an output with NaN or an infinite number. */
export function requireFiniteOutputs(open: OpenSession): OpenSession {
  return async (model, options) => {
    const session = await open(model, options);
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: async (feeds, fetches) => {
        const outputs = await session.run(feeds, fetches);
        for (const [name, { data }] of Object.entries(outputs)) {
          if (!(data instanceof Float32Array)) continue;
          const odd = data.find((value) => !Number.isFinite(value));
          if (odd === undefined) continue;
          throw new ModelFormatError(
            `a model must give finite numbers, and its output '${name}' has ${odd}; use the weights of an earlier epoch, or train it again with a lower rate`,
          );
        }
        return outputs;
      },
      release: () => session.release(),
    };
  };
}
