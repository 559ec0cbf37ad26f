// The configuration of a detector's training: what is filled in, and what is refused.
import { expect, test } from 'vitest';
import { ConfigError } from '../../core/errors.js';
import { parseDetectorConfig } from './config.js';

test('a configuration from before compression was a part of the colours takes its default', () => {
  expect(parseDetectorConfig({ colours: { grey: 0.2, noise: [0.1, 5] } }).colours).toEqual({
    grey: 0.2,
    light: 0.7,
    blur: 0.15,
    noise: [0.1, 5],
    jpeg: [0.15, 25],
  });
  expect(parseDetectorConfig({ colours: null }).colours).toBeNull();
});

test.each([[[0.5, 0]], [[0.5, 96]], [[2, 50]], [[0.5, 30.5]]])('refuses compression %j', (jpeg) => {
  expect(() => parseDetectorConfig({ colours: { jpeg } })).toThrow(ConfigError);
  expect(() => parseDetectorConfig({ colours: { jpeg } })).toThrow(/colours.jpeg/);
});
