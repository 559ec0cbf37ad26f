// XML documents: what is read, what is skipped, and what is refused with its line.
import { describe, expect, test } from 'vitest';
import { readXml } from './xml.js';

const read = (text: string) => readXml(text, (line) => new RangeError(`line ${line}`));

describe('readXml', () => {
  test('reads elements, their text and lines', () => {
    const root = read('\ufeff<?xml version="1.0"?>\n<!-- <a> -->\n<a x="1" y=\'>\'>\n text\n<b/><b>2</b></a >\n');
    expect(root).toEqual({
      name: 'a',
      line: 3,
      text: '\n text\n',
      children: [
        { name: 'b', line: 5, text: '', children: [] },
        { name: 'b', line: 5, text: '2', children: [] },
      ],
    });
  });

  test('resolves what XML itself names, and leaves the rest as it is', () => {
    expect(read('<a>&lt;&#65;&#x42;&amp;amp; &other; &#x110000;<![CDATA[<&amp;]]></a>').text).toBe(
      '<AB&amp; &other; &#x110000;<&amp;',
    );
  });

  test.each([
    ['', 1],
    ['text', 1],
    ['<a>\n</b>', 2],
    ['<a>\n\n<b>', 3],
    ['<a/>\n<b/>', 2],
    ['<a b=c/>', 1],
    ['<a><!-- </a>', 1],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a/>', 1],
    ['<a>'.repeat(40), 1],
  ])('refuses %j', (text, line) => {
    expect(() => read(text)).toThrow(new RangeError(`line ${line}`));
  });
});
