// The live page for minutes on end with the sample: does its memory, its document or its speed change? Needs a built checkout and Chromium.
//   npm run soak -- page [--minutes=N]     10 without it; exits with 1 when something grows
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startLiveServer } from '../dist/apps/server/live-server.js';
import { median } from '../dist/core/numbers/median.js';
import { ends, least } from './memory.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const everyMs = 15_000;
const probes = Math.max(5, Math.round((Number(values.minutes) * 60_000) / everyMs));
/** Growth that is allowed between the first and the last third. */
const allowed = { heapMb: 1, nodes: 100, rendererMb: 20 };

const executablePath =
  process.env.CHROMIUM ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path));
const server = await startLiveServer({ port: 0 });
const browser = await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
const rows = [];
try {
  const page = await browser.newPage();
  await page.goto(`${server.url}?token=${server.token}`);
  await page.waitForSelector('.face', { timeout: 60_000 });
  const tools = await page.context().newCDPSession(page);
  const system = await browser.newBrowserCDPSession();
  for (let i = 1; i <= probes; i++) {
    await page.waitForTimeout(everyMs);
    await tools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await tools.send('Runtime.getHeapUsage');
    const { nodes } = await tools.send('Memory.getDOMCounters');
    const { processInfo } = await system.send('SystemInfo.getProcessInfo');
    const [framesPerSecond] = await page.locator('.figures dd').allInnerTexts();
    const rendererMb = Math.max(
      ...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentMb(id)),
    );
    rows.push({ heapMb: usedSize / 1e6, nodes, rendererMb, framesPerSecond: Number(framesPerSecond) });
    console.log(`${((i * everyMs) / 60_000).toFixed(2).padStart(6)} min  ${describe(rows.at(-1))}`);
  }
} finally {
  await browser.close();
  await server.close();
}

const faults = [];
for (const [key, most] of Object.entries(allowed)) {
  const { first, last } = ends(
    rows.map((row) => row[key]),
    least,
  );
  console.log(`${key.padEnd(12)} ${first.toFixed(1)} -> ${last.toFixed(1)}`);
  if (last - first > most) faults.push(`${key} grew by ${(last - first).toFixed(1)}, more than ${most}`);
}
const rates = ends(
  rows.map(({ framesPerSecond }) => framesPerSecond),
  median,
);
console.log(`frames/s     ${rates.first} -> ${rates.last}`);
console.log(faults.length === 0 ? 'nothing grows' : faults.join('\n'));
process.exitCode = faults.length === 0 ? 0 : 1;

/** The memory of the process, page and workers together. */
function residentMb(id) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))[1]) / 1000;
}

function describe({ heapMb, nodes, rendererMb, framesPerSecond }) {
  return `page heap ${heapMb.toFixed(2)} MB  ${nodes} nodes  renderer ${rendererMb.toFixed(0)} MB  ${framesPerSecond} frames/s`;
}
