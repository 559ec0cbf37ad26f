import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moodlens-requirements-'));
  vi.resetModules();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function load(environment: Record<string, string>) {
  for (const [name, value] of Object.entries({ CI: '', ...environment })) vi.stubEnv(name, value);
  return import('./requirements.js');
}

describe('requirements', () => {
  it('find data that is there', async () => {
    mkdirSync(join(folder, 'video'));
    const { requireShared } = await load({ MOODLENS_SHARED: folder });
    expect(requireShared('video')).toEqual({ path: join(folder, 'video'), missing: undefined });
  });

  it('name data that is missing', async () => {
    const { requireShared } = await load({ MOODLENS_SHARED: join(folder, 'none'), CI: 'true' });
    expect(requireShared('video').missing).toContain('video is not at hand');
  });

  it('insist in CI on all of the data when there is some', async () => {
    const { requireShared } = await load({ MOODLENS_SHARED: folder, CI: 'true' });
    expect(() => requireShared('video')).toThrow('must have it');
  });

  it('insist in CI on programs', async () => {
    const { requireCommand } = await load({ CI: 'true' });
    expect(() => requireCommand('no-such-program')).toThrow('no-such-program is not installed');
  });

  it('name a program that is missing elsewhere', async () => {
    const { requireCommand } = await load({});
    expect(requireCommand('no-such-program').missing).toBe('no-such-program is not installed');
    expect(requireCommand('no-such-program', 'node').missing).toBeUndefined();
  });

  it('try whether a Python can import the modules', async () => {
    const { requirePython } = await load({ MOODLENS_PEERS_PYTHON: join(folder, 'python') });
    expect(requirePython('torch').missing).toContain('Python with torch is not installed');
  });
});
