// Whose labels count together, and which rule judges them.
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { ConfirmationWindows } from './confirmation-windows.js';

const says = (label: string, timeMs = 0) => ({ label, probabilities: { [label]: 1 }, timeMs });

describe('ConfirmationWindows', () => {
  it('keeps known people apart by name and unknown ones by track', () => {
    const windows = new ConfirmationWindows({ rule: 'original' });
    for (let i = 0; i < 13; i++) {
      const expected = i < 12 ? 'neutral' : undefined;
      expect(windows.push({ person: 'Ada', track: 1 }, says('happy'))).toBe(expected ?? 'happy');
      expect(windows.push({ person: null, track: 2 }, says('sad'))).toBe(expected ?? 'sad');
      expect(windows.push({ person: null, track: 3 }, says('fear'))).toBe(expected ?? 'fear');
    }
  });

  it('does not confuse a person who is called like a track with that track', () => {
    const windows = new ConfirmationWindows({ rule: 'original', size: 1, share: 0 });
    windows.push({ person: '2', track: 1 }, says('happy'));
    windows.push({ person: null, track: 2 }, says('sad'));
    expect(windows.count).toBe(2);
  });

  it('starts afresh when the track has ended', () => {
    const windows = new ConfirmationWindows();
    for (let i = 0; i < 20; i++) windows.push({ person: 'Ada', track: 1 }, says('happy'));
    for (let i = 0; i < 20; i++) windows.push({ person: null, track: 2 }, says('happy'));
    windows.endTrack(1);
    windows.endTrack(2);
    expect(windows.count).toBe(0);
    expect(windows.push({ person: 'Ada', track: 3 }, says('happy'))).toBe('neutral');
    expect(windows.push({ person: null, track: 4 }, says('happy'))).toBe('neutral');
  });

  it("keeps a person's window who goes on in a new track before the old one ends", () => {
    const windows = new ConfirmationWindows({ rule: 'original' });
    for (let i = 0; i < 12; i++) windows.push({ person: 'Ada', track: 1 }, says('happy'));
    expect(windows.push({ person: 'Ada', track: 2 }, says('happy'))).toBe('happy');
    windows.endTrack(1);
    expect(windows.push({ person: 'Ada', track: 2 }, says('happy'))).toBe('happy');
  });

  it('averages over time unless the study case is asked for', () => {
    const windows = new ConfirmationWindows({ fallback: '-' });
    const shown = Array.from({ length: 12 }, (_, i) =>
      windows.push({ person: null, track: 1 }, says('happy', i * 100)),
    );
    expect(shown.indexOf('happy')).toBeGreaterThan(0);
    expect(shown.indexOf('happy')).toBeLessThan(5);
    const counting = new ConfirmationWindows({ rule: 'original', fallback: '-' });
    const counted = Array.from({ length: 14 }, (_, i) =>
      counting.push({ person: null, track: 1 }, says('happy', i * 100)),
    );
    expect(counted.indexOf('happy')).toBe(12);
  });

  it('starts everybody afresh on restart, by another rule when told, and keeps all for bad options', () => {
    const windows = new ConfirmationWindows({ rule: 'original', size: 1, share: 0 });
    windows.push({ person: 'Ada', track: 1 }, says('happy'));
    windows.push({ person: null, track: 2 }, says('sad'));
    expect(() => windows.restart({ rule: 'smooth', margin: 2 })).toThrow(ConfigError);
    expect(() => new ConfirmationWindows({ rule: 'original', size: 0 })).toThrow(ConfigError);
    expect(windows.count).toBe(2);
    windows.restart();
    expect(windows.count).toBe(0);
    expect(windows.push({ person: 'Ada', track: 1 }, says('happy'))).toBe('happy');
    windows.restart({ rule: 'smooth' });
    expect(windows.push({ person: 'Ada', track: 1 }, says('happy'))).toBe('neutral');
  });
});
