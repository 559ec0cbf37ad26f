// What `npm pack` gives, installed into a folder as a user would.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './requirements.js';

const windows = process.platform === 'win32';

export interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly size: number;
  readonly unpackedSize: number;
  readonly filename: string;
}

/** Runs a program in a folder, with these variables besides our own. */
export function runIn(cwd: string, command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, npm_config_loglevel: 'error', ...more };
  return spawnSync(command, args, { cwd, env, encoding: 'utf8', shell: windows, maxBuffer: 1 << 26 });
}

/** Packs the checkout as it is built, and installs that into the folder with the other packages that are named. */
export function installPacked(folder: string, packages: readonly string[] = []): Packed {
  if (!existsSync(join(repositoryRoot, 'dist/web/index.html'))) throw new Error('not built; run `npm run build` first');
  const pack = runIn(repositoryRoot, 'npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  if (pack.status !== 0) throw new Error(pack.stderr);
  const packed = JSON.parse(pack.stdout)[0] as Packed;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }));
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  const install = runIn(folder, 'npm', ['install', ...options, `./${packed.filename}`, ...packages]);
  if (install.status !== 0) throw new Error(install.stderr);
  return packed;
}
