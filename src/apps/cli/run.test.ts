import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands } from './command-table.js';
import { run } from './run.js';

let stdout = '';
let stderr = '';
beforeEach(() => {
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

describe('run', () => {
  it('prints the version', async () => {
    expect(await run(['--version'])).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('lists every command with its description', async () => {
    expect(await run(['--help'])).toBe(0);
    for (const { name, description } of commands) {
      expect(stdout.replace(/\s+/g, ' ')).toMatch(new RegExp(` ${name} .*${description.slice(0, 30)}`));
    }
  });

  it('takes no command for wrong use and shows the help', async () => {
    expect(await run([])).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: moodlens');
  });

  it('suggests a command that is spelled nearly so', async () => {
    expect(await run(['detct'])).toBe(2);
    expect(stderr).toContain("unknown command 'detct'");
    expect(stderr).toContain('Did you mean detect?');
    expect(stderr).toContain('`moodlens --help` lists the commands');
  });

  it('gives no help for a command that does not exist', async () => {
    expect(await run(['help', 'nothing'])).toBe(2);
    expect(await run(['nothing', '--help'])).toBe(2);
    expect(stderr).toContain("unknown command 'nothing'");
    expect(stdout).toBe('');
  });

  it('takes an unknown option for wrong use', async () => {
    expect(await run(['--colour'])).toBe(2);
    expect(stderr).toContain("unknown option '--colour'");
  });

  describe.each(commands.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
    it('has a file that defines it with a description', async () => {
      const command = (await entry.load()).define();
      expect(command.name()).toBe(name);
      expect(command.description()).not.toBe('');
    });

    it('shows its help', async () => {
      expect(await run([name, '--help'])).toBe(0);
      expect(stdout).toContain(`Usage: moodlens ${name}`);
      stdout = '';
      expect(await run(['help', name])).toBe(0);
      expect(stdout).toContain(`Usage: moodlens ${name}`);
    });

    it('refuses an unknown option with exit code 2', async () => {
      expect(await run([name, '--no-such-option'])).toBe(2);
      expect(stderr).toContain('error:');
    });
  });
});
