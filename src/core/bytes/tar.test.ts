import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DatasetError, MoodlensError } from '../errors.js';
import { readTar } from './tar.js';

const folder = mkdtempSync(join(tmpdir(), 'moodlens-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'set'));
const contents = { 'set/a.webp': 'first', 'set/empty': '', [`set/${'long-name-'.repeat(8)}.webp`]: 'x'.repeat(1300) };
for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
spawnSync('tar', ['--format=ustar', '-cf', 'all.tar', 'set'], { cwd: folder });
const archive = new Uint8Array(readFileSync(join(folder, 'all.tar')));

describe('readTar', () => {
  test('reads what tar wrote, and leaves folders out', () => {
    const found = [...readTar(archive)].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
    expect(Object.fromEntries(found)).toEqual(contents);
  });

  test('refuses an archive that is cut short, and other files', () => {
    const amidContent = archive.lastIndexOf('x'.charCodeAt(0)) - 700;
    expect(() => readTar(archive.subarray(0, amidContent))).toThrow(DatasetError);
    expect(() => readTar(archive.subarray(0, amidContent))).toThrow(/reaches past its end/);
    expect(() => readTar(new Uint8Array(600).fill(65))).toThrow(/no header at byte 0/);
  });

  test('never fails otherwise, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: archive.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const broken = archive.slice();
        broken[at] = value;
        try {
          readTar(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(MoodlensError);
        }
      }),
    );
  });
});
