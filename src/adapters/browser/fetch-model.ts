// Fetches a model, with progress, and detects an HTML page that was sent instead.
import { DeviceError, ModelFormatError } from '../../core/errors.js';
import { isHtml } from '../../core/onnx/is-html.js';

/** Called with the bytes received so far, and the total if the server gives it. */
export type FetchProgress = (received: number, total: number | undefined) => void;

/**
 * The bytes of the model at that address. Throws DeviceError when there is none or the server does not answer,
 * ModelFormatError when it answers with an HTML page.
 */
export async function fetchModel(url: string | URL, progress?: FetchProgress): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new DeviceError(
      `the model at ${url} must be readable, but no server answers there, or it refuses other origins (CORS); check the address`,
      { cause },
    );
  }
  if (!response.ok) {
    throw new DeviceError(
      `the model at ${url} must be readable, but the server answered ${response.status}; check the address`,
    );
  }
  return readModelAnswer(response, progress);
}

/** The bytes of a model that a server answers with. Throws ModelFormatError when they are an HTML page. */
export async function readModelAnswer(
  response: Response,
  progress: FetchProgress = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get('content-length')) || undefined;
  const parts: Uint8Array[] = [];
  let received = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    parts.push(part.value);
    received += part.value.length;
    progress(received, total);
  }
  const bytes = new Uint8Array(received);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  if (isHtml(bytes)) {
    throw new ModelFormatError(
      `the model must be an .onnx file, but ${response.url} answered with an HTML page of ${received} bytes, as a development server does for an address that it does not know; take the address from \`import url from 'moodlens/models/expression.onnx?url'\``,
    );
  }
  return bytes;
}
