// The documents keep up with the code: every error code, every command, every link.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/apps/cli/command-table.js';
import * as errors from '../src/core/errors.js';
import { architectureFacts } from '../src/core/nn/architectures/architecture-facts.js';
import { architectureNames, createArchitecture } from '../src/core/nn/architectures/create-architecture.js';
import { repositoryRoot } from './requirements.js';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const filesOf = (folder: string) =>
  readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    `${folder}/${file}`.replaceAll('\\', '/'),
  );
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...['docs', 'models'].flatMap(filesOf).filter((file) => file.endsWith('.md')),
];

/** The headings of a document, as they are written. */
const headingsOf = (path: string) => [...read(path).matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!);

/** The fragment by which GitHub links to a heading. */
const fragmentOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

describe('docs/errors.md', () => {
  const text = read('docs/errors.md');
  const classes = Object.values(errors).filter((value) => value !== errors.MoodlensError);

  it.each(classes.map((ErrorClass) => [ErrorClass.name, ErrorClass] as const))('explains %s', (name, ErrorClass) => {
    const { code } = new (ErrorClass as new (message: string) => errors.MoodlensError)('x');
    expect(text).toMatch(new RegExp(`^\\| \`${code}\` \\| \`${name}\` \\|`, 'm'));
  });

  it('explains no code that does not exist', () => {
    const codes = classes.map(
      (ErrorClass) => new (ErrorClass as new (message: string) => errors.MoodlensError)('x').code,
    );
    const explained = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(explained.filter((code) => code !== 'UNEXPECTED').sort()).toEqual(codes.sort());
  });
});

describe('docs/training.md', () => {
  it.each(architectureNames)('gives the costs of %s', (name) => {
    const { parameters, multiplyAdds } = architectureFacts(createArchitecture(name, { classes: 7 }));
    const millions = (multiplyAdds / 1e6).toFixed(1);
    expect(read('docs/training.md')).toContain(
      `| \`${name}\` | ${parameters.toLocaleString('en')} | ${millions} million |`,
    );
  });
});

describe('docs/pipeline.md', () => {
  it.each(commands.map(({ name }) => name))('shows `moodlens %s`', (name) => {
    expect(read('docs/pipeline.md')).toContain(`moodlens ${name}`);
  });
});

describe('messages in the source', () => {
  it('name only commands that exist', () => {
    const known = new Set<string>(commands.map(({ name }) => name));
    const files = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' });
    const wrong = files
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) =>
        [...read(join('src', file)).matchAll(/['`]moodlens (?!is )([a-z]+)/g)].map((match) => [file, match[1]!]),
      )
      .filter(([, name]) => !known.has(name!));
    expect(wrong).toEqual([]);
  });
});

// A comment names a section as: docs/experiments/live.md, 'An hour without growth'.
describe('comments', () => {
  const mentions = ['src', 'tests', 'bench', 'experiments', 'soak', 'scripts', 'configs']
    .flatMap(filesOf)
    .filter((file) => /\.(tsx?|m?js|py|md)$/.test(file) && file !== 'tests/documentation.test.ts')
    .flatMap((file) => {
      const text = read(file).replace(/\s*\n\s*(?:\/\/|\*|#)?\s*/g, ' ');
      const pattern = /\b(docs\/[\w/-]+\.md)(?:, '((?:[^'\n]|'(?=s\b))+)')?/g;
      return [...text.matchAll(pattern)].map(([mention, path, section]) => ({ file, mention, path: path!, section }));
    });

  it('name documents and sections that exist', () => {
    const wrong = mentions.filter(
      ({ path, section }) =>
        !existsSync(join(repositoryRoot, path)) || (section !== undefined && !headingsOf(path).includes(section)),
    );
    expect(wrong).toEqual([]);
  });

  it('name the section of an experiment', () => {
    const vague = mentions.filter(({ path, section }) => path.startsWith('docs/experiments/') && !section);
    expect(vague).toEqual([]);
  });
});

describe.each(documents)('%s', (document) => {
  it('links to files that exist', () => {
    const targets = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]!);
    const broken = targets.filter((target) => !existsSync(resolve(repositoryRoot, dirname(document), target)));
    expect(broken).toEqual([]);
  });

  it('names files that exist', () => {
    // The changelog tells of files that are gone.
    if (document === 'CHANGELOG.md') return;
    const pattern =
      /(?<![\w./(-])(?:src|tests|bench|experiments|soak|scripts|configs|models|docs)\/[\w./-]+\.(?:tsx?|m?js|py|json|md|svg|png|webp)\b/g;
    const named = [...read(document).matchAll(pattern)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([]);
  });

  it('links to sections that exist', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g)];
    const broken = links.filter(([, target, fragment]) => {
      const path = target === '' ? document : join(dirname(document), target!);
      return path.endsWith('.md') && !headingsOf(path).map(fragmentOf).includes(fragment!);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('shows only commands and options that exist', async () => {
    const shown = [...read(document).matchAll(/\bmoodlens ([a-z]+)((?:[ \t]+[^\n`]*)?)/g)];
    const wrong: string[] = [];
    for (const [line, name, rest = ''] of shown) {
      const entry = commands.find((command) => command.name === name);
      if (!entry) continue;
      const help = await helpOf(entry);
      for (const [option] of rest.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)) if (!help.includes(option)) wrong.push(line);
    }
    expect(wrong).toEqual([]);
  });
});

/** The help of the command and of its sub-commands. */
async function helpOf(entry: (typeof commands)[number]): Promise<string> {
  const command = (await entry.load()).define();
  return [command, ...command.commands].map((one) => `${one.helpInformation()} --help`).join('\n');
}
