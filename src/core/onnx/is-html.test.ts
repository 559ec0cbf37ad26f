import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isHtml } from './is-html.js';
import { readModel } from './read-model.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('isHtml', () => {
  it.each([
    '<!doctype html><title>x</title>',
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">',
    '\n\n  <html lang="en">',
    '\ufeff<!-- a comment\n --> <HTML>',
    '<head></head>',
  ])('is true of %j', (text) => {
    expect(isHtml(bytes(text))).toBe(true);
  });

  it.each(['', '<', '<!doctype', '<?xml version="1.0"?><opencv_storage>', '<htmlx>', '{"html":1}', '\0asm\x01\0\0\0'])(
    'is false of %j',
    (text) => {
      expect(isHtml(bytes(text))).toBe(false);
    },
  );

  it('is false of a model', () => {
    const path = new URL('../../../models/expression.onnx', import.meta.url);
    expect(isHtml(readFileSync(path))).toBe(false);
  });
});

describe('readModel', () => {
  it('says that a page was found in the place of a model', () => {
    expect(() => readModel(bytes('<!doctype html><title>Not found</title>'))).toThrow(
      /must be an \.onnx file.*HTML page/,
    );
  });
});
