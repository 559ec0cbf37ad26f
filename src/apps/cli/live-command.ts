// `moodlens live`: serves the live page on this machine and opens it.
import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../../core/errors.js';
import type { WindowRule } from '../../core/live/confirmation-windows.js';
import { startLiveServer } from '../server/live-server.js';
import { windowOption } from './window-option.js';

interface LiveOptions {
  readonly port?: string;
  readonly model?: string;
  readonly window: WindowRule;
  readonly open: boolean;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return new Command('live')
    .description(
      'open the live page: faces, names and expressions in your camera or a video, nothing leaves this machine',
    )
    .option('--port <number>', 'TCP port on 127.0.0.1 (default: 4747 or the next free one)')
    .option('--model <file>', 'expression model (.onnx) instead of the shipped one')
    .addOption(windowOption())
    .option('--no-open', 'do not open the browser')
    .option('--json', 'print {"url"} on stdout')
    .action(live);
}

async function live(options: LiveOptions): Promise<void> {
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const model = options.model === undefined ? undefined : resolve(options.model);
  if (model !== undefined) await mustExist(model);
  const server = await startLiveServer({
    ...(port === undefined ? {} : { port }),
    ...(model === undefined ? {} : { model }),
  });
  const url = pageAddress(server.url, options.window);
  process.stdout.write(options.json ? `${JSON.stringify({ url })}\n` : `moodlens is at ${url}  (Ctrl-C ends it)\n`);
  if (options.open) openBrowser(url);
  await new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  await server.close();
}

/** The page reads from its address how to begin. */
function pageAddress(server: string, window: WindowRule): string {
  const url = new URL(server);
  if (window !== 'original') url.searchParams.set('window', window);
  return url.href;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) {
    throw new ConfigError(`--port must be a whole number from 0 to 65535, but got "${text}".`);
  }
  return port;
}

async function mustExist(path: string): Promise<void> {
  const isReadable = await access(path, constants.R_OK).then(
    async () => (await stat(path)).isFile(),
    () => false,
  );
  if (!isReadable) throw new ConfigError(`--model must name an .onnx file, but ${path} is none that can be read.`);
}

/** Asks the desktop to open the page; without a desktop the printed address is enough. */
function openBrowser(url: string): void {
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  const child = spawn(program as string, args as string[], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
