// Starts the live page's server on the loopback interface.
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { ConfigError, DeviceError } from '../../core/errors.js';
import type { Journal } from '../../core/ports/journal.js';
import { Access } from './access.js';
import { type ChosenModels, type ListedModel, listModels } from './list-models.js';
import { createLiveApp } from './live-app.js';
import type { LiveFeed } from './live-feed.js';
import { listStaticFiles, type StaticFile } from './static-files.js';
import { StudyBoard } from './study-board.js';
import { Viewers } from './viewers.js';

/** The package's root, the same number of folders up from src/apps/server and dist/apps/server. */
const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface LiveServerOptions extends ChosenModels {
  /** TCP port; without it 4747, or the next free one of twenty. 0 lets the system choose. */
  readonly port?: number;
  /** The built page; default: the package's dist/web. */
  readonly webRoot?: string;
  /** The models; default: the package's models. */
  readonly modelsRoot?: string;
  /** Sources that this machine analyses and the page shows; closed with the server. */
  readonly feeds?: readonly LiveFeed[];
  /** Studies for the page to show; the journal stays its owner's to close. */
  readonly studies?: Journal | undefined;
}

export interface LiveServer {
  /** Without the token, which the first request must bring: `?token=`. */
  readonly url: string;
  readonly token: string;
  /** One that stands for the token once, for a minute: `?ticket=`. */
  ticket(): string;
  readonly port: number;
  close(): Promise<void>;
}

const firstPort = 4747;
const portsToTry = 20;
const host = '127.0.0.1';

/** Longest message that a page may send, bytes. */
const longestAnswer = 256;

/** Serves the built page and the models on 127.0.0.1. Throws ConfigError when the page is not built, DeviceError when the port is taken. */
export async function startLiveServer(options: LiveServerOptions = {}): Promise<LiveServer> {
  const { files, models } = await listLiveFiles(options);
  const access = new Access();
  const viewers = (options.feeds ?? []).map((feed) => new Viewers(feed));
  const sources = viewers.map(({ label }) => label);
  const studies = options.studies && new StudyBoard(options.studies);
  const server = createServer(getRequestListener(createLiveApp({ access, files, models, sources, studies }).fetch));
  const sockets = takeSockets(server, access, viewers);
  const port = await listenOn(server, options.port);
  return {
    port,
    url: `http://${host}:${port}/`,
    token: access.token,
    ticket: () => access.ticket(),
    close: async () => {
      await Promise.all(viewers.map((one) => one.close()));
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
        for (const socket of sockets.clients) socket.terminate();
      });
    },
  };
}

/** `/sources/0` is a WebSocket of the first source's frames. */
function takeSockets(server: Server, access: Access, sources: readonly Viewers[]): WebSocketServer {
  // No compression: it would not make JPEG smaller.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestAnswer, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const url = request.url ?? '/';
    const admission = access.admit(url, request.headers);
    if ('refusal' in admission) return refuse(socket, admission.refusal.status, admission.refusal.text);
    const index = /^\/sources\/(\d{1,3})(?:\?|$)/.exec(url)?.[1];
    const source = index === undefined ? undefined : sources[Number(index)];
    if (!source) return refuse(socket, 404, `There are ${sources.length} sources here, at /sources/0 and so on.`);
    if (source.isFull) return refuse(socket, 503, 'Too many pages watch this source already; close one.');
    sockets.handleUpgrade(request, socket, head, (opened) => source.add(opened));
  });
  return sockets;
}

function refuse(socket: Duplex, status: number, text: string): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  // A client that does not close its end must not keep the server open.
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
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
  const { files: modelFiles, models } = listModels(found, options);
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
