// What a fresh checkout needs before anything else runs: Node, the npm packages, the system's programs.
// Uses nothing but Node itself, because it runs before `npm ci`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program in the checkout and returns its exit status; output goes to the terminal. */
export function run(command, args, options = {}) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) process.stderr.write(`${command}: ${error.message}\n`);
  return status ?? (signal ? 128 : 1);
}

/** Runs a program as `run` does, and goes on meanwhile. */
export function start(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.once('close', (status, signal) => resolve(status ?? (signal ? 128 : 1)));
  });
}

/** Ends the process when this Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`moodlens needs Node 20.19 or newer, but this is ${process.version}; see https://nodejs.org\n`);
  process.exit(1);
}

/** Installs the npm packages when they are missing or are not those of package-lock.json. Returns whether they are there. */
export async function installPackages() {
  if (packagesAreInstalled()) return true;
  process.stderr.write('installing the npm packages (npm ci) …\n');
  // As .npmrc says, also where `npm run tarball` says otherwise.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  return (await start('npm', args, { shell: process.platform === 'win32' })) === 0;
}

export function packagesAreInstalled() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/** The Debian packages that the tests use, and how to see that each one is there. */
const systemPackages = {
  chromium: () => ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].some(isOnPath),
  ffmpeg: () => isOnPath('ffmpeg') && isOnPath('ffprobe'),
  'libfreenect0.5': () => output('ldconfig', ['-p']).includes('libfreenect.so'),
  libvulkan1: () => output('ldconfig', ['-p']).includes('libvulkan.so.1'),
  mosquitto: () => isOnPath('mosquitto') || existsSync('/usr/sbin/mosquitto'),
  'python3-optuna': () =>
    output('/usr/bin/python3', ['-c', 'import optuna; print(optuna.__name__)']).includes('optuna'),
  'python3-redis': () => output('/usr/bin/python3', ['-c', 'import redis; print(redis.__name__)']).includes('redis'),
  'redis-server': () => isOnPath('redis-server'),
  'python3-opencv': () => output('/usr/bin/python3', ['-c', 'import cv2; print(cv2.face.__name__)']).includes('face'),
};

/**
 * Installs the missing ones of the named Debian packages when that is possible without asking (root, apt-get), else
 * names the line that installs them. MOODLENS_APT=skip leaves the system as it is.
 */
export async function installSystemPackages(names = Object.keys(systemPackages)) {
  const missing = names.filter((name) => !systemPackages[name]());
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && isOnPath('apt-get') && process.env.MOODLENS_APT !== 'skip';
  if (mayInstall) {
    process.stderr.write(`installing ${missing.join(', ')} (apt-get) …\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const stdio = ['ignore', 'ignore', 'inherit'];
    const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
    if ((await start('apt-get', install, { env, stdio })) === 0) return;
    // The lists of a fresh machine are empty or old.
    await start('apt-get', ['update', '-q'], { env, stdio });
    if ((await start('apt-get', install, { env, stdio })) === 0) return;
  }
  process.stderr.write(
    `missing: ${missing.join(', ')}. What needs them is skipped; to install: sudo apt-get install ${missing.join(' ')}\n`,
  );
}

/** Where data too large or not free to ship may lie: beside the checkout. */
export const sharedFolder = process.env.MOODLENS_SHARED ?? resolve(root, '../shared');

/** The Python with PyTorch and ONNX that some tests compare with. */
export const peersPython = process.env.MOODLENS_PEERS_PYTHON ?? join(homedir(), '.cache/peers/bin/python');

/** Makes that Python where its recipe is at hand; the tests that want it say so when this fails. */
export async function installPeers() {
  const recipe = join(sharedFolder, 'peers/setup.sh');
  if (existsSync(peersPython) || !existsSync(recipe)) return;
  process.stderr.write('installing the Python libraries that tests compare with …\n');
  if ((await start('bash', [recipe], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 })) !== 0) {
    process.stderr.write('the Python libraries could not be installed; the tests that compare with them are skipped\n');
  }
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function output(command, args) {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '';
}
