// What the page's browser tests need: a stand-in expression model, clips with one face, a Chromium, a served page.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { LiveFeed } from '../src/apps/server/live-feed.js';
import { startLiveServer } from '../src/apps/server/live-server.js';
import { expressionLabels } from '../src/core/dataset/labels.js';
import type { ModelMetadata } from '../src/core/model/model-metadata.js';
import { createRandom } from '../src/core/numbers/random.js';
import { GraphBuilder } from '../src/core/onnx/graph-builder.js';
import { metadataKey } from '../src/core/onnx/metadata-key.js';
import type { Journal } from '../src/core/ports/journal.js';
import { repositoryRoot, requireChromium } from './requirements.js';

/** Writes a small untrained network with our metadata: three convolutions, 4 million multiply-adds. */
export async function writeTinyModel(folder: string): Promise<string> {
  const size = 48;
  const random = createRandom(7);
  const graph = new GraphBuilder('stand-in');
  const normal = (dims: readonly number[], spread: number) => {
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal() * spread);
    return graph.constant({ dims, data });
  };
  let value = graph.node('Cast', [graph.input('image', 'uint8', ['batch', 1, size, size])], { to: { int: 1 } });
  value = graph.node('Div', [value, graph.scalar(255)]);
  let channels = 1;
  for (const wider of [16, 32, 64]) {
    const kernel = normal([wider, channels, 3, 3], Math.sqrt(2 / (9 * channels)));
    value = graph.node('Conv', [value, kernel], { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } });
    value = graph.node('Relu', [value]);
    value = graph.node('MaxPool', [value], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });
    channels = wider;
  }
  value = graph.node('Flatten', [graph.node('GlobalAveragePool', [value])]);
  graph.output(graph.rename(value, 'embedding'), 'float32', ['batch', channels]);
  const logits = graph.node('MatMul', [value, normal([channels, expressionLabels.length], 1)]);
  const probabilities = graph.rename(graph.node('Softmax', [logits], { axis: { int: 1 } }), 'probabilities');
  graph.output(probabilities, 'float32', ['batch', expressionLabels.length]);
  const metadata: ModelMetadata = {
    format: 1,
    architecture: 'stand-in',
    labels: [...expressionLabels],
    input: { height: size, width: size },
    embedding: channels,
    parameters: 23_000,
    multiplyAdds: 4_000_000,
    split: 'nothing',
    metrics: {},
    dataset: 'none',
    run: 'none',
    licence: 'MIT',
  };
  const path = join(folder, 'stand-in.onnx');
  await writeFile(path, graph.build({ [metadataKey]: JSON.stringify(metadata) }));
  return path;
}

/** The shipped expression model, or a stand-in while there is none. */
export async function expressionModelPath(folder: string): Promise<string> {
  const shipped = join(repositoryRoot, 'models/expression.onnx');
  return existsSync(shipped) ? shipped : writeTinyModel(folder);
}

/** Where single faces are in the pinned package's demo pictures, as a crop `[width, height, x, y]`. */
const oneFace = { left: [480, 360, 470, 270], middle: [480, 360, 960, 160] } as const;

/** A clip of one face, 640x480, 30 frames a second, panning slowly to and fro. The file's ending chooses its format. */
export function writeClip(path: string, which: keyof typeof oneFace, seconds: number): string {
  const [width, height, x, y] = oneFace[which];
  const pan = `crop=${width}:${height}:x='${x}+20*sin(2*PI*t/5)':y='${y}+8*sin(4*PI*t/5)',scale=640:480`;
  const picture = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample3.jpg');
  const format = path.endsWith('.webm')
    ? ['-c:v', 'libvpx', '-b:v', '2M', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p']
    : ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'];
  const input = ['-loop', '1', '-framerate', '30', '-i', picture];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, '-vf', pan, '-t', String(seconds), ...format, path]);
  return path;
}

export interface ChromiumOptions {
  /** A clip that plays as the camera; none: there is no camera. */
  readonly camera?: string;
  /** False: the user says no when the page asks for the camera. */
  readonly allowCamera?: boolean;
}

/** Starts the system's Chromium, headless. */
export function launchChromium({ camera, allowCamera = true }: ChromiumOptions = {}): Promise<Browser> {
  const cameraFlags = camera
    ? [
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${camera}`,
        ...(allowCamera ? ['--use-fake-ui-for-media-stream'] : []),
      ]
    : [];
  return chromium.launch({
    executablePath: requireChromium().path,
    timeout: 240_000,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...cameraFlags,
    ],
  });
}

/** A page under watch: whatever it asks for, prints or throws is kept. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** Requests to any other origin. */
  readonly foreign: string[];
  /** Errors and warnings on the console, uncaught exceptions, failed requests. */
  readonly complaints: string[];
  endServer(): Promise<void>;
  close(): Promise<void>;
}

/** Drops files and folders of this machine on the page's element, as a file manager does. */
export async function dropOn(page: Page, selector: string, paths: readonly string[]): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  const devTools = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const at = { x: box.x + box.width / 2, y: box.y + 12 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devTools.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await devTools.detach();
}

/** Serves the built page on a port of its own and opens it in a fresh profile. */
export async function openPage(
  browser: Browser,
  options: {
    model?: string | undefined;
    modelsRoot?: string;
    path?: string;
    feeds?: readonly LiveFeed[];
    studies?: Journal;
    allowCamera?: boolean;
    initScript?: string;
    colorScheme?: 'light' | 'dark';
    /** Pixels. */
    width?: number;
  } = {},
): Promise<WatchedPage> {
  const {
    model,
    modelsRoot,
    feeds = [],
    studies,
    path = '',
    allowCamera = true,
    initScript,
    colorScheme = 'light',
    width = 1280,
  } = options;
  const server = await startLiveServer({
    port: 0,
    feeds,
    studies,
    ...(model ? { model } : {}),
    ...(modelsRoot ? { modelsRoot } : {}),
  });
  let ended: Promise<void> | undefined;
  const endServer = () => {
    ended ??= server.close();
    return ended;
  };
  const context = await browser.newContext({
    ...{ viewport: { width, height: 800 }, acceptDownloads: true, colorScheme },
  });
  if (allowCamera) await context.grantPermissions(['camera'], { origin: new URL(server.url).origin });
  const foreign: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    const url = request.url();
    const isOwn = url.startsWith(server.url) || url.startsWith(`blob:${server.url}`) || url.startsWith('data:');
    if (!isOwn) foreign.push(url);
  });
  context.on('requestfailed', (request) => {
    // A video that is taken away while it loads is no failure.
    if (!request.url().startsWith('blob:')) complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error()}`));
  if (initScript) await context.addInitScript(initScript);
  // Far above what anything takes: a busy machine must not meet it.
  context.setDefaultTimeout(240_000);
  const page = await context.newPage();
  const address = new URL(path, server.url);
  address.searchParams.set('token', server.token);
  await page.goto(address.href);
  return {
    page,
    context,
    url: server.url,
    foreign,
    complaints,
    endServer,
    async close() {
      await context.close();
      await endServer();
    },
  };
}
