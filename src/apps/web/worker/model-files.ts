// Fetches the models from the page's own origin, with progress.
import { type FetchProgress, readModelAnswer } from '../../../adapters/browser/fetch-model.js';
import { DeviceError } from '../../../core/errors.js';

/** Reads a model's bytes; undefined when the server has none (404). Throws DeviceError when it cannot be read. */
export async function fetchModel(url: string, progress: FetchProgress): Promise<Uint8Array | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
  } catch (cause) {
    throw new DeviceError(
      'The models must come from the moodlens server, but it does not answer; start it again with `moodlens live` and press Try again.',
      { cause },
    );
  }
  if (response.status === 404) return undefined;
  if (!response.ok) {
    throw new DeviceError(
      `The model at ${url} must be readable, but the server answered ${response.status}; start it again.`,
    );
  }
  return readModelAnswer(response, progress);
}

/** A model's bytes from an address of this origin or a file of the user's; undefined when the server has none. */
export async function readModelSource(
  source: string | Blob,
  progress: FetchProgress = () => {},
): Promise<Uint8Array | undefined> {
  if (typeof source === 'string') return fetchModel(source, progress);
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch (cause) {
    throw new DeviceError('The model file must be readable, but it was moved or changed; choose it again.', { cause });
  }
}
