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
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(repositoryRoot, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

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

describe('README.md', () => {
  it.each(commands.map(({ name }) => name))('shows `moodlens %s`', (name) => {
    expect(read('README.md')).toContain(`moodlens ${name}`);
  });
});

describe('messages in the source', () => {
  it('name only commands that exist', () => {
    const known = new Set(commands.map(({ name }) => name));
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

describe.each(documents)('%s', (document) => {
  it('links to files that exist', () => {
    const targets = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]!);
    const broken = targets.filter((target) => !existsSync(resolve(repositoryRoot, dirname(document), target)));
    expect(broken).toEqual([]);
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
