import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../../tests/requirements.js';
import { paintError, showsColour } from './terminal-colour.js';

const terminal = { isTTY: true };
const pipe = { isTTY: undefined };

describe('showsColour', () => {
  it.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', pipe, {}, false],
    ['a terminal that cannot', terminal, { TERM: 'dumb' }, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which says nothing', terminal, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 at a terminal', terminal, { FORCE_COLOR: '0' }, false],
    ['NO_COLOR beside FORCE_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%s', (_name, stream, env, expected) => {
    expect(showsColour(stream, env)).toBe(expected);
  });
});

it('paints the word error and no more', () => {
  expect(paintError('error: no rows [DATASET]\n', true)).toBe('\u001b[31merror:\u001b[0m no rows [DATASET]\n');
  expect(paintError('error: no rows [DATASET]\n', false)).toBe('error: no rows [DATASET]\n');
});

const main = fileURLToPath(new URL('../../../../dist/apps/cli/main.js', import.meta.url));
const built = { path: main, missing: existsSync(main) ? undefined : 'the command line is not built (npm run build)' };

describeWith(built, 'the command line', () => {
  const runs = async (args: readonly string[], env: Record<string, string>) => {
    const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
    const ended = await promisify(execFile)(process.execPath, [main, ...args], { env: { ...rest, ...env } }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    return { stdout: ended.stdout, stderr: ended.stderr };
  };

  it('has errors and headings in colour when asked for, and none in a pipe', async () => {
    for (const args of [
      ['data', 'explore', '/nowhere'],
      ['analyze'],
      ['evaluate', '--no-such-option'],
      ['--help'],
      ['train', '--help'],
    ]) {
      const plain = await runs(args, {});
      expect(plain.stdout + plain.stderr, args.join(' ')).not.toContain('\u001b');
      const coloured = await runs(args, { FORCE_COLOR: '1' });
      expect(coloured.stdout + coloured.stderr, args.join(' ')).toContain(
        args.includes('--help') ? '\u001b[1mUsage:' : '\u001b[31merror:',
      );
      const wanted = await runs(args, { FORCE_COLOR: '1', NO_COLOR: '1' });
      expect(wanted.stdout + wanted.stderr, args.join(' ')).not.toContain('\u001b');
    }
  });

  it('has none in JSON, whatever is asked for', async () => {
    const { stdout } = await runs(['train', '--list-architectures', '--json'], { FORCE_COLOR: '1' });
    expect(stdout).not.toContain('\u001b');
  });
});
