import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMarkdown } from './parse-markdown.js';

const plain = (text: string) => [{ kind: 'text', text }];

it.each([
  ['brackets', '['.repeat(300_000)],
  ['links', '[]('.repeat(100_000)],
  ['a line of spaces', `# a${' '.repeat(500_000)}\u2028b`],
  ['number signs', `# ${'#'.repeat(500_000)}a`],
  ['a rule of a table that is none', `a|b\n${'-|'.repeat(250_000)}x`],
  ['fences', '```\n'.repeat(200_000)],
  ['stars', '*a '.repeat(200_000)],
])('reads %s as long as a whole file in one go', (_, text) => {
  expect(parseMarkdown(text).length).toBeGreaterThan(0);
});

describe('parseMarkdown', () => {
  it('reads headings, paragraphs over several lines, and lists whose items go on', () => {
    expect(parseMarkdown('# Card\n\nOne\ntwo.\n## Limits\n- first\n  goes on\n- second\n')).toEqual([
      { kind: 'heading', level: 1, spans: plain('Card') },
      { kind: 'paragraph', spans: plain('One two.') },
      { kind: 'heading', level: 2, spans: plain('Limits') },
      { kind: 'list', isOrdered: false, items: [plain('first goes on'), plain('second')] },
    ]);
  });

  it('reads tables, also with an empty head', () => {
    expect(parseMarkdown('|  |  |\n|---|---|\n| Network | `residual` |\n\nend')).toEqual([
      { kind: 'table', head: [[], []], rows: [[plain('Network'), [{ kind: 'code', text: 'residual' }]]] },
      { kind: 'paragraph', spans: plain('end') },
    ]);
  });

  it('takes code as it is, with what looks like Markdown in it, to the end when it is not closed', () => {
    expect(parseMarkdown('```json\n{ "a": [1] }\n# no heading\n```\n')).toEqual([
      { kind: 'code', text: '{ "a": [1] }\n# no heading' },
    ]);
    expect(parseMarkdown('```\nopen')).toEqual([{ kind: 'code', text: 'open' }]);
  });

  it('links to the web only, and never runs what a card says', () => {
    expect(parseMarkdown('[a](https://example.org/x) [b](../b.md) [c](javascript:alert(1)) <b>d</b> **e**')).toEqual([
      {
        kind: 'paragraph',
        spans: [
          { kind: 'link', text: 'a', href: 'https://example.org/x' },
          { kind: 'text', text: ' ' },
          { kind: 'text', text: 'b' },
          { kind: 'text', text: ' ' },
          { kind: 'text', text: 'c' },
          { kind: 'text', text: ') <b>d</b> ' },
          { kind: 'strong', text: 'e' },
        ],
      },
    ]);
  });

  it('ends on any text, and no word is lost', () => {
    const words = fc.array(
      fc.constantFrom('word', '#', '- ', '|', '|--|', '```', '\n', '**', '`', '[', '](', ')', '1. '),
    );
    fc.assert(
      fc.property(words, (parts) => {
        const text = parts.join('');
        const count = (all: string) => all.split('word').length;
        // The words beside a fence name its language and are not shown; those in an address are the address.
        fc.pre(!text.includes('```') && !text.includes(']('));
        expect(count(JSON.stringify(parseMarkdown(text)))).toBe(count(text));
      }),
    );
  });
});
