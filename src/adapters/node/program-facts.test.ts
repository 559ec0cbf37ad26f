// What run.json says about the program, in a real checkout and outside of one.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../tests/requirements.js';
import { readProgramFacts, revisionOf } from './program-facts.js';

const folder = mkdtempSync(join(tmpdir(), 'moodlens-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]) =>
  spawnSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { encoding: 'utf8' });

describe('readProgramFacts', () => {
  it('names the versions', async () => {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
    const facts = await readProgramFacts();
    expect(facts).toMatchObject({ moodlens: version, node: process.versions.node });
    expect(facts.onnxruntime).toMatch(/^onnxruntime-(node|web) \d+\.\d+\.\d+/);
  });
});

describe('revisionOf', () => {
  it('is null outside of a checkout', async () => {
    expect(await revisionOf(folder)).toBeNull();
  });

  it.skipIf(git('--version').status !== 0)('is the commit, with a mark when files differ from it', async () => {
    git('init', '--quiet');
    // Without a commit there is nothing to name.
    expect(await revisionOf(folder)).toBeNull();
    writeFileSync(join(folder, 'a.txt'), 'one');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    git('tag', 'v1');
    const commit = git('rev-parse', 'HEAD').stdout.trim();
    expect(await revisionOf(folder)).toBe(commit);
    writeFileSync(join(folder, 'a.txt'), 'two');
    expect(await revisionOf(folder)).toBe(`${commit}-dirty`);
    // As a package in the node_modules of this checkout: the commit is not the package's.
    mkdirSync(join(folder, 'node_modules/moodlens'), { recursive: true });
    expect(await revisionOf(join(folder, 'node_modules/moodlens'))).toBeNull();
  });
});
