import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MoodlensError } from '../errors.js';
import { floatDistribution } from './journal/distribution.js';
import { distributionToJson } from './journal/distribution-json.js';
import { readJournalLine, writeJournalLine } from './journal/journal-line.js';
import { JournalReplay } from './journal/journal-replay.js';

describe('a line', () => {
  it('gives back any value, also the numbers that JSON lacks', () => {
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    const text = fc.oneof(fc.string(), fc.constantFrom('NaN', '"NaN', '\\"Infinity', 'Infinity'));
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        number,
        text,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (held) => {
        const line = writeJournalLine(held);
        expect(line).not.toContain('\n');
        expect(normal(readJournalLine(line))).toEqual(normal(held));
      }),
    );
  });

  it('is refused when it is no JSON', () => {
    for (const line of ['', '{', '{"a":NaNa}', 'nan', '{"a":-NaN}'])
      expect(() => readJournalLine(line)).toThrow(SyntaxError);
  });
});

const start = [
  { op_code: 0, worker_id: 'w', study_name: 's', directions: [1] },
  { op_code: 4, worker_id: 'w', study_id: 0, datetime_start: '2026-11-23T18:40:58.123456+00:00' },
];
const field = fc.oneof(
  fc.integer({ min: -1, max: 11 }),
  fc.double(),
  fc.string(),
  fc.constant(null),
  fc.array(fc.integer()),
  fc.dictionary(fc.string(), fc.anything()),
);
const entry = fc.record(
  {
    op_code: fc.integer({ min: 0, max: 11 }),
    worker_id: fc.constantFrom('w', 'v'),
    study_id: field,
    trial_id: field,
    study_name: field,
    directions: field,
    datetime_start: field,
    state: field,
    values: field,
    step: field,
    intermediate_value: field,
    param_name: fc.oneof(field, fc.constant('__proto__')),
    param_value_internal: field,
    distribution: fc.oneof(field, fc.constant(distributionToJson(floatDistribution('x', 0, 1)))),
    user_attr: field,
    system_attr: field,
    distributions: field,
    params: field,
    intermediate_values: field,
  },
  { requiredKeys: ['op_code'] },
);

describe('a journal of anything', () => {
  it('is applied, or refused with the number of the entry', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, fc.anything()), { maxLength: 20 }), (entries) => {
        const replay = new JournalReplay();
        replay.apply(start);
        try {
          replay.apply(entries);
        } catch (error) {
          expect(error).toBeInstanceOf(MoodlensError);
          expect(String(error)).toContain(`entry ${replay.count + 1} of the journal`);
        }
        expect(replay.studies.length).toBeLessThanOrEqual(entries.length + 1);
        expect(({} as Record<string, unknown>)['x']).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('passes over what comes too late: reports and values of a finished trial, a study that is there', () => {
    const replay = new JournalReplay();
    replay.apply([
      ...start,
      { op_code: 0, worker_id: 'v', study_name: 's', directions: [2] },
      { op_code: 6, worker_id: 'w', trial_id: 0, state: 1, values: [2], datetime_complete: null },
      { op_code: 6, worker_id: 'v', trial_id: 0, state: 3, values: null, datetime_complete: null },
      { op_code: 7, worker_id: 'v', trial_id: 0, step: 1, intermediate_value: 1 },
      { op_code: 10, worker_id: 'v' },
    ]);
    expect(replay.studies).toHaveLength(1);
    expect(replay.trial(0)).toMatchObject({ state: 'complete', value: 2, intermediateValues: new Map() });
  });

  it('gives a waiting trial to the worker that took it first', () => {
    const replay = new JournalReplay();
    const take = (worker_id: string) => ({
      op_code: 6,
      worker_id,
      trial_id: 1,
      state: 0,
      values: null,
      datetime_start: null,
    });
    replay.apply([
      ...start,
      { op_code: 4, worker_id: 'w', study_id: 0, state: 4, datetime_start: null },
      take('v'),
      take('w'),
    ]);
    expect(replay.runnerOf(1)).toBe('v');
  });
});

/** -0 is written as 0. */
function normal(value: unknown): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, normal(held)]));
}
