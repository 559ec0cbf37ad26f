// What some tests need besides the checkout, in one place: absent things skip with a reason, never silently.
//
// The reason stands in the title as `[skipped: …]`; scripts/test.mjs counts a skipped test without one as failed in CI.
// What CI must have (ffmpeg, Chromium, every shared folder once there is one) is an error there instead of a skip.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

export interface Requirement {
  /** The folder, file or program; usable only when nothing is missing. */
  readonly path: string;
  /** What is missing, or undefined. */
  readonly missing: string | undefined;
}

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));
const sharedRoot = process.env['MOODLENS_SHARED'] ?? resolve(repositoryRoot, '../shared');

/** A file or folder of the research data beside the checkout (MOODLENS_SHARED names another place). */
export function requireShared(name: string): Requirement {
  const path = join(sharedRoot, name);
  if (existsSync(path)) return { path, missing: undefined };
  const reason = `data ${name} is not at hand (MOODLENS_SHARED names its folder)`;
  return existsSync(sharedRoot) ? absentInCi(path, reason) : { path, missing: reason };
}

/** A program on the PATH that continuous integration must have, e.g. ffmpeg. */
export function requireCommand(...names: readonly string[]): Requirement {
  const found = names.map(onPath).find((path) => path !== undefined);
  return found ? { path: found, missing: undefined } : absentInCi(names[0]!, `${names.join(' or ')} is not installed`);
}

/** The browser of the page's tests; CHROMIUM names another one. */
export function requireChromium(): Requirement {
  const named = process.env['CHROMIUM'];
  if (named) return { path: named, missing: existsSync(named) ? undefined : `CHROMIUM=${named} is not there` };
  return requireCommand('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}

/** Chromium's software GPU, which gives WebGPU where there is no GPU: set VK_ICD_FILENAMES to its path. */
export function requireSoftwareGpu(): Requirement {
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  const found = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync);
  if (found) return { path: found, missing: undefined };
  const reason = "Chromium's SwiftShader is not installed (apt-get install chromium libvulkan1)";
  return absentInCi('vk_swiftshader_icd.json', reason);
}

/** A Python that can import the modules, e.g. requirePython('torch', 'onnx'); optional everywhere. */
export function requirePython(...modules: readonly string[]): Requirement {
  const path = process.env['MOODLENS_PEERS_PYTHON'] ?? join(homedir(), '.cache/peers/bin/python');
  // Looking for the modules takes milliseconds; importing PyTorch takes seconds.
  const program = `import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, ${JSON.stringify(modules)})))`;
  return python(path, program, `Python with ${modules.join(', ')} is not installed (MOODLENS_PEERS_PYTHON names one)`);
}

/** Debian's Python with cv2.face (python3-opencv); optional everywhere. */
export function requireOpenCv(): Requirement {
  return python('/usr/bin/python3', 'import cv2; cv2.face', 'OpenCV is not installed (apt-get install python3-opencv)');
}

/** Leave to mount small and read-only disks, which root has on Linux; see tests/fixtures/small-disk.ts. */
export function requireMount(): Requirement {
  const path = 'mount';
  const folder = mkdtempSync(join(tmpdir(), 'moodlens-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return { path, missing: undefined };
  } catch {
    const missing = 'mounting a small disk is not allowed here';
    return process.platform === 'linux' && process.getuid?.() === 0 ? absentInCi(path, missing) : { path, missing };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `describe` that runs when nothing is missing. */
export function describeWith(needs: Requirement | readonly Requirement[], title: string, body: () => void): void {
  const reason = reasonOf(needs);
  if (reason) describe.skip(`${title} [skipped: ${reason}]`, body);
  else describe(title, body);
}

/** `it` that runs when nothing is missing. */
export function itWith(
  needs: Requirement | readonly Requirement[],
  title: string,
  body: () => void | Promise<void>,
  timeoutMs?: number,
): void {
  const reason = reasonOf(needs);
  if (reason) it.skip(`${title} [skipped: ${reason}]`, body, timeoutMs);
  else it(title, body, timeoutMs);
}

function reasonOf(needs: Requirement | readonly Requirement[]): string | undefined {
  const all = 'path' in needs ? [needs] : needs;
  return all.flatMap(({ missing }) => missing ?? []).join('; ') || undefined;
}

function absentInCi(path: string, missing: string): Requirement {
  if (process.env['CI']) throw new Error(`continuous integration must have it: ${missing}`);
  return { path, missing };
}

function python(path: string, program: string, missing: string): Requirement {
  if (!existsSync(path)) return { path, missing };
  try {
    execFileSync(path, ['-c', program], { stdio: 'ignore', timeout: 300_000 });
    return { path, missing: undefined };
  } catch {
    return { path, missing };
  }
}

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);
}

/** Debian's Python with Optuna (python3-optuna) and its client of Redis (python3-redis). */
export function requireOptuna(): Requirement {
  const missing = 'Optuna is not installed (apt-get install python3-optuna python3-redis)';
  const found = python('/usr/bin/python3', 'import optuna, redis', missing);
  return found.missing === undefined ? found : absentInCi(found.path, missing);
}
