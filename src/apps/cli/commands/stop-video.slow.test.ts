// Ctrl-C in `record`, `analyze` and `collect`: whatever the source does, the first one ends them, or they say what they wait for.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith, repositoryRoot, requireCommand } from '../../../../tests/requirements.js';

const main = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = { path: main, missing: existsSync(main) ? undefined : 'the build (npm run build)' };
const root = mkdtempSync(join(tmpdir(), 'moodlens-stop-'));
const clip = join(root, 'clip.mp4');

describeWith([built, requireCommand('ffmpeg'), requireCommand('ffprobe')], 'the first Ctrl-C', () => {
  let silent: Server;
  let address: string;
  beforeAll(async () => {
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=30:duration=600', clip]);
    // Takes the request and never answers.
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/cam.mp4`;
  });
  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** Presses Ctrl-C once, `when` something was said; a second one is never needed. */
  async function stop(args: readonly string[], when: (said: string) => boolean) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let pressed = false;
    const look = () => {
      if (pressed || !when(stdout + stderr)) return;
      pressed = true;
      child.kill('SIGINT');
    };
    child.stdout.on('data', (text) => {
      stdout += text;
      look();
    });
    child.stderr.on('data', (text) => {
      stderr += text;
      look();
    });
    const ended = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('close', (code, signal) => resolve([code, signal])),
    );
    return { ended, stdout, stderr };
  }

  it('ends an analysis with its summary and its video', async () => {
    for (const count of [1, 2, 7]) {
      const out = join(root, `annotated-${count}.mp4`);
      const { ended, stdout, stderr } = await stop(
        ['analyze', clip, '--json', '--out', out],
        (said) => said.split('\n').length > count,
      );
      expect(ended, stderr).toEqual([130, null]);
      const lines = stdout.trim().split('\n');
      const { summary } = JSON.parse(lines.at(-1)!);
      expect(summary).toMatchObject({ frames: lines.length - 1, interrupted: true });
      expect(existsSync(out)).toBe(true);
    }
  });

  it('ends a recording with what was recorded', async () => {
    // Slower than it is read, so that Ctrl-C comes in the middle of it.
    const out = join(root, 'recorded.mp4');
    const { ended, stdout, stderr } = await stop(['record', clip, '--out', out, '--fps', '1000', '--json'], () =>
      readdirSync(root).includes('recorded.incomplete.mp4'),
    );
    expect([130, 0], stderr).toContain(ended[0]);
    expect(JSON.parse(stdout).frames).toBeGreaterThanOrEqual(0);
  });

  it.each(['analyze', 'record', 'collect'])('ends %s while its source does not answer', async (command) => {
    const rest = command === 'record' ? [address, '--out', join(root, 'none.mp4')] : [address];
    const args =
      command === 'collect' ? ['collect', 'ada', address, '--out', join(root, 'people')] : [command, ...rest];
    let asked: (() => void) | undefined;
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    silent.once('request', () => asked!());
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    await arrived;
    child.kill('SIGINT');
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('close', (...by) => resolve(by)),
    );
    // At once, or after it said what it waits for.
    expect(signal === 'SIGINT' || (code !== 0 && stderr.includes('stopping, as soon as')), stderr).toBe(true);
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain(address);
  });
});
