import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaceResult } from '../../core/live/frame-result.js';
import { PresenceMessages, topicName } from './presence.js';

const face = fc.record({
  person: fc.option(fc.constantFrom('Ada', 'Bo/b', 'C+#'), { nil: null }),
  track: fc.integer({ min: 1, max: 5 }),
  confirmed: fc.option(fc.constantFrom('happy', 'neutral'), { nil: null }),
});
const frames = fc.array(fc.uniqueArray(face, { maxLength: 4, selector: ({ person, track }) => person ?? track }), {
  maxLength: 12,
});

const result = (faces: readonly Pick<FaceResult, 'person' | 'track' | 'confirmed'>[]) => ({
  faces: faces.map(
    (one): FaceResult => ({
      ...one,
      box: [1, 2, 3, 4],
      score: 1,
      distance: null,
      expression: null,
      probabilities: null,
      depthMm: null,
    }),
  ),
});

describe('news of who is there', () => {
  it('lets a listener know every person, whenever it began to listen', () => {
    fc.assert(
      fc.property(frames, (list) => {
        const news = new PresenceMessages('home/cam');
        const kept = new Map<string, string>();
        for (const faces of list) {
          for (const { topic, payload } of news.after(result(faces), 'now')) kept.set(topic, payload);
          for (const name of ['Ada', 'Bo/b', 'C+#']) {
            const told = kept.get(`home/cam/person/${topicName(name)}`);
            const there = faces.find(({ person }) => person === name);
            if (told === undefined) expect(there).toBeUndefined();
            else
              expect(JSON.parse(told)).toMatchObject({
                person: name,
                present: there !== undefined,
                expression: there?.confirmed ?? null,
              });
          }
          const all = kept.get('home/cam/faces');
          expect(all === undefined ? 0 : JSON.parse(all).count).toBe(faces.length);
        }
        for (const [topic, payload] of kept) {
          expect(topic).toMatch(/^home\/cam\/(faces|person\/[^/+#]+)$/);
          expect(payload).not.toMatch(/box|score/);
        }
      }),
    );
  });

  it('is silent while nothing changes, in whatever order faces come', () => {
    const news = new PresenceMessages('m');
    const two = [
      { person: null, track: 2, confirmed: 'happy' },
      { person: 'Ada', track: 1, confirmed: null },
    ];
    expect(news.after(result(two), 'a')).toHaveLength(2);
    expect(news.after(result([...two].reverse()), 'b')).toEqual([]);
    expect(news.after(result([]), 'c').map(({ topic }) => topic)).toEqual(['m/faces', 'm/person/Ada']);
  });
});
