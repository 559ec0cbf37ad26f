// What program this is: the versions that a run's results depend on.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeviceName } from './session.js';

export interface ProgramFacts {
  /** The package's version. */
  readonly moodlens: string;
  /** The commit of the checkout, `-dirty` when files differ from it; null when this is no checkout or git is missing. */
  readonly revision: string | null;
  readonly node: string;
  /** Name and version of the runtime that does the arithmetic. */
  readonly onnxruntime: string;
}

/** The package's folder; src/ and dist/ stand at the same depth below it. */
const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** `device`: where the program computes (session.ts); `wasm` takes another runtime. */
export async function readProgramFacts(device: DeviceName = 'cpu'): Promise<ProgramFacts> {
  const [moodlens, revision, onnxruntime] = await Promise.all([
    versionIn(join(packageRoot, 'package.json')),
    revisionOf(packageRoot),
    runtimeVersion(device),
  ]);
  return { moodlens, revision, node: process.versions.node, onnxruntime };
}

/** The commit that a checkout stands at. A folder inside somebody else's checkout, as in node_modules, has none. */
export async function revisionOf(folder: string): Promise<string | null> {
  if (!existsSync(join(folder, '.git'))) return null;
  try {
    const command = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...command], { timeout: 10_000 });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

/** Without loading it: the training thread does that. */
async function runtimeVersion(device: DeviceName): Promise<string> {
  const wasm = 'onnxruntime-web';
  const isWasm = device === 'wasm' || (device === 'cpu' && process.env['MOODLENS_RUNTIME'] === 'wasm');
  for (const name of isWasm ? [wasm] : ['onnxruntime-node', wasm]) {
    const folder = packageFolder(name);
    if (folder !== undefined) return `${name} ${await versionIn(join(folder, 'package.json'))}`;
  }
  return 'unknown';
}

function packageFolder(name: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const inside = `${sep}node_modules${sep}${name}${sep}`;
    const at = entry.lastIndexOf(inside);
    return at < 0 ? undefined : entry.slice(0, at + inside.length);
  } catch {
    return undefined;
  }
}

async function versionIn(manifest: string): Promise<string> {
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}
