import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { ConfigError, DatasetError } from '../../../core/errors.js';
import { exitCodeOf } from './exit-codes.js';
import { describeError } from './print-error.js';

describe('describeError', () => {
  it('prints message and code of an expected error, without a stack', () => {
    expect(describeError(new DatasetError('no rows in a.csv'), false)).toBe('error: no rows in a.csv [DATASET]\n');
  });

  it('adds stack and cause when debugging', () => {
    const error = new DatasetError('no rows', { cause: new Error('the cause') });
    const text = describeError(error, true);
    expect(text).toContain('at ');
    expect(text).toContain('the cause');
  });

  it('asks to report what is not expected', () => {
    expect(describeError(new TypeError('x is undefined'), false)).toMatch(
      /^error: unexpected TypeError: x is undefined \[UNEXPECTED\]\nthis is a fault in moodlens: please report/,
    );
  });

  it('takes thrown things that are not errors', () => {
    expect(describeError(null, false)).toContain('unexpected null');
  });

  it('lets no control characters of a file name reach the terminal', () => {
    expect(describeError(new DatasetError('no \u001b[31mred\u0007'), false)).toBe(
      'error: no \ufffd[31mred\ufffd [DATASET]\n',
    );
    expect(describeError(new DatasetError('no \u202egnp.exe\u2069'), false)).toBe(
      'error: no \ufffdgnp.exe\ufffd [DATASET]\n',
    );
  });

  it('leaves what commander has printed', () => {
    expect(describeError(new CommanderError(1, 'commander.unknownOption', 'x'), false)).toBe('');
  });
});

describe('exitCodeOf', () => {
  it.each([
    [new CommanderError(0, 'commander.helpDisplayed', ''), 0],
    [new CommanderError(1, 'commander.unknownOption', ''), 2],
    [new ConfigError('x'), 2],
    [new DatasetError('x'), 1],
    [new Error('x'), 1],
  ])('%s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
