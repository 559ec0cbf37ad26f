// The windows of many owners against one window each, kept by hand.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfirmationWindow } from './confirmation-window.js';
import { ConfirmationWindows } from './confirmation-windows.js';

it('keeps owners apart whatever the order they come in', () => {
  const event = fc.record({
    person: fc.option(fc.constantFrom('Ada', 'Bo'), { nil: null }),
    track: fc.integer({ min: 1, max: 3 }),
    label: fc.constantFrom('happy', 'sad'),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 150 }), (events) => {
      const windows = new ConfirmationWindows();
      const logs = new Map<string, { window: ConfirmationWindow; track: number }>();
      for (const [i, { person, track, label, ends }] of events.entries()) {
        const key = person === null ? `track ${track}` : `person ${person}`;
        const log = logs.get(key) ?? { window: new ConfirmationWindow(), track };
        log.track = track;
        logs.set(key, log);
        expect(windows.push({ person, track }, { label, probabilities: {}, timeMs: i })).toBe(log.window.push(label));
        if (ends && i % 20 === 19) {
          windows.endTrack(track);
          for (const [other, { track: last }] of logs) if (last === track) logs.delete(other);
        }
        expect(windows.count).toBe(logs.size);
      }
    }),
  );
});
