// Starts the live page's server on the loopback interface.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { ConfigError, DeviceError } from '../../core/errors.js';
import { type ListedModel, listModels } from './list-models.js';
import { createLiveApp } from './live-app.js';
import { listStaticFiles, type StaticFile } from './static-files.js';

/** The package's root, the same number of folders up from src/apps/server and dist/apps/server. */
const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface LiveServerOptions {
  /** TCP port; without it 4747, or the next free one of twenty. 0 lets the system choose. */
  readonly port?: number;
  /** An expression model (.onnx) to use instead of the shipped one. */
  readonly model?: string;
  /** The built page; default: the package's dist/web. */
  readonly webRoot?: string;
  /** The models; default: the package's models. */
  readonly modelsRoot?: string;
}

export interface LiveServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const firstPort = 4747;
const portsToTry = 20;
const host = '127.0.0.1';

/** Serves the built page and the models on 127.0.0.1. Throws ConfigError when the page is not built, DeviceError when the port is taken. */
export async function startLiveServer(options: LiveServerOptions = {}): Promise<LiveServer> {
  const { files, models } = await listLiveFiles(options);
  const server = createServer(getRequestListener(createLiveApp(files, models).fetch));
  const port = await listenOn(server, options.port);
  return {
    port,
    url: `http://${host}:${port}/`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function listLiveFiles(
  options: LiveServerOptions,
): Promise<{ files: Map<string, StaticFile>; models: ListedModel[] }> {
  const webRoot = options.webRoot ?? `${packageRoot}dist/web`;
  const files = await listStaticFiles(webRoot);
  if (!files.has('/index.html')) {
    throw new ConfigError(
      `The live page must be built, but there is no index.html in ${webRoot}; run \`npm run build\`.`,
    );
  }
  const found = await listStaticFiles(options.modelsRoot ?? `${packageRoot}models`);
  const { files: modelFiles, models } = listModels(found, options.model);
  return { files: new Map([...files, ...modelFiles]), models };
}

async function listenOn(server: Server, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await tryPort(server, wanted)) return (server.address() as AddressInfo).port;
    throw new DeviceError(
      `Port ${wanted} of ${host} must be free, but another program listens there; stop it or choose another with --port.`,
    );
  }
  for (let port = firstPort; port < firstPort + portsToTry; port++) {
    if (await tryPort(server, port)) return port;
  }
  throw new DeviceError(
    `One of the ports ${firstPort} to ${firstPort + portsToTry - 1} must be free, but all are taken; choose another with --port.`,
  );
}

function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else if (error.code === 'EACCES')
        reject(
          new DeviceError(`This user may not listen on port ${port}; choose one above 1023 with --port.`, {
            cause: error,
          }),
        );
      else
        reject(new DeviceError(`The server could not listen on ${host}:${port}: ${error.message}.`, { cause: error }));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.removeListener('error', failed);
      resolve(true);
    });
  });
}
