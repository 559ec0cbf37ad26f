import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWith, repositoryRoot, requireOpenCv } from '../../../tests/requirements.js';
import { PeopleError } from '../errors.js';
import { createRandom } from '../numbers/random.js';
import { People } from './people.js';
import { peopleWithout } from './people-without.js';

const random = createRandom(3);
function noise(size: number) {
  const data = Uint8Array.from({ length: size * size }, () => random.next() * 256);
  return { width: size, height: size, channels: 1 as const, data };
}
const known = () =>
  People.train([
    ['Ada', [0, 1, 2].map(() => ({ picture: noise(40), face: null }))],
    ['Zoë', [0, 1].map(() => ({ picture: noise(40), face: null }))],
  ]);
const model = 'ab'.repeat(32);

function taughtPeople() {
  const people = known();
  const pictures = ['happy', 'sad', 'sad'].map((expression) => ({ expression, picture: noise(48) }));
  people.taught = new Map([
    ['Ada', { model, pictures }],
    ['Zoë', { model, pictures: [{ expression: 'made "up": # \\ it', picture: noise(8) }] }],
  ]);
  return people;
}

describe('the expressions that people taught, in the people file', () => {
  it('come back as they were written', () => {
    const people = taughtPeople();
    const read = People.fromYaml(people.toYaml());
    expect(read.taught).toEqual(people.taught);
    expect(read.toYaml()).toBe(people.toYaml());
    expect(People.fromYaml(known().toYaml()).taught.size).toBe(0);
  });

  it('are forgotten with the person, and only that one', () => {
    const others = peopleWithout(taughtPeople(), 'Ada')!;
    expect([...others.taught.keys()]).toEqual(['Zoë']);
    expect(others.toYaml()).not.toContain('happy');
  });

  it.each([
    ['somebody unknown', 'person: Ada', 'person: Bob', /known people only, found Bob/],
    ['a model that is none', model, 'xyz', /SHA-256/],
    ['a value that is no grey', /data: \[ \d+/, 'data: [ 256', /8 to 256 pixels/],
    ['another size', 'rows: 48', 'rows: 47', /as many values as its size says/],
    ['a size that is too small', /rows: 8\n( +)cols: 8/, 'rows: 1\n$1cols: 64', /8 to 256 pixels/],
    ['a picture of floats', 'dt: u', 'dt: f', /type u/],
    ['no expression', 'expression: happy', 'expression: ""', /expression as text/],
  ])('are refused with %s', (_, from, to, message) => {
    const text = taughtPeople().toYaml();
    const broken = typeof from === 'string' ? text.replace(from, to) : text.replace(from, to as string);
    const section = (of: string) => of.slice(of.indexOf('moodlens_taught'));
    expect(broken).not.toBe(text);
    const whole = from instanceof RegExp ? text.replace(section(text), section(text).replace(from, to)) : broken;
    expect(() => People.fromYaml(whole)).toThrow(message);
    expect(() => People.fromYaml(whole)).toThrow(PeopleError);
  });

  it('never crash the reader, cut anywhere', () => {
    const text = taughtPeople().toYaml();
    const start = text.indexOf('moodlens_taught');
    fc.assert(
      fc.property(fc.integer({ min: start, max: text.length - 2 }), (end) => {
        expect(() => People.fromYaml(text.slice(0, end))).toThrow(PeopleError);
      }),
      { numRuns: 60 },
    );
  });
});

const openCv = requireOpenCv();

describeWith(openCv, 'the expressions in the people file beside cv2', () => {
  it('are passed over by OpenCV, which reads the faces as before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'taught-'));
    try {
      const people = taughtPeople();
      const read = (text: string) => {
        writeFileSync(join(folder, 'people.yml'), text);
        const job = JSON.stringify({ settings: [], train: [], test: [] });
        const program = join(repositoryRoot, 'tests/oracles/lbph.py');
        return execFileSync(openCv.path, [program, 'read', join(folder, 'people.yml')], { input: job }).toString();
      };
      const withThem = read(people.toYaml());
      expect(JSON.parse(withThem).names).toEqual({ 0: 'Ada', 1: 'Zoë' });
      people.taught = new Map();
      expect(read(people.toYaml())).toBe(withThem);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
