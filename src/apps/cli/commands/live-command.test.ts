import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../core/errors.js';
import { define } from './live-command.js';

const run = (...options: string[]) => define().parseAsync(['node', 'live', '--no-open', ...options]);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const main = `${root}dist/apps/cli/main.js`;
const isBuilt = existsSync(main) && existsSync(`${root}dist/web/index.html`);

describe('moodlens live', () => {
  it.each(['x', '-1', '70000', '1.5', ''])('refuses the port "%s"', async (port) => {
    await expect(run(`--port=${port}`)).rejects.toThrow(ConfigError);
  });

  it('refuses a model that is no file', async () => {
    await expect(run('--model', `${tmpdir()}/no-such-model.onnx`)).rejects.toThrow(/--model must name/);
    await expect(run('--model', tmpdir())).rejects.toThrow(/--model must name/);
  });

  it('refuses a window that is none of its rules', async () => {
    const command = define()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    await expect(command.parseAsync(['node', 'live', '--no-open', '--window', 'round'])).rejects.toThrow(
      /smooth, original/,
    );
  });

  it.skipIf(!isBuilt)(
    `serves the page until it is told to end${isBuilt ? '' : ' [skipped: npm run build]'}`,
    async () => {
      const live = spawn(process.execPath, [
        main,
        'live',
        '--no-open',
        '--json',
        '--port',
        '0',
        '--window',
        'original',
      ]);
      const [line] = (await once(live.stdout, 'data')) as [Buffer];
      const { url } = JSON.parse(String(line)) as { url: string };
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}&window=original$/);
      expect(await (await fetch(url)).text()).toContain('<title>moodlens</title>');
      const ended = once(live, 'exit');
      live.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );
});
