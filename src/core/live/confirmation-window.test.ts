// The confirmation rule, to the frame.
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { ConfirmationWindow } from './confirmation-window.js';

function pushAll(window: ConfirmationWindow, labels: readonly string[]): string[] {
  return labels.map((label) => window.push(label));
}
const times = (count: number, label: string) => new Array<string>(count).fill(label);

describe('ConfirmationWindow', () => {
  it('confirms with the thirteenth equal label of a new window, not the twelfth', () => {
    expect(pushAll(new ConfirmationWindow(), times(20, 'happy'))).toEqual([
      ...times(12, 'neutral'),
      ...times(8, 'happy'),
    ]);
  });

  it('needs 13 of 20 and falls back to neutral at 12 of 20', () => {
    const window = new ConfirmationWindow();
    pushAll(window, [...times(13, 'sad'), ...times(7, 'happy')]);
    expect(window.labels).toHaveLength(20);
    expect(window.confirmed).toBe('sad');
    expect(window.push('happy')).toBe('neutral');
  });

  it('shows the majority label, not the label of the current frame', () => {
    const window = new ConfirmationWindow();
    pushAll(window, times(20, 'happy'));
    expect(pushAll(window, [...times(7, 'angry'), 'angry'])).toEqual([...times(7, 'happy'), 'neutral']);
  });

  it('changes from one label to another through neutral', () => {
    const window = new ConfirmationWindow();
    pushAll(window, times(20, 'happy'));
    expect(pushAll(window, times(13, 'fear'))).toEqual([...times(7, 'happy'), ...times(5, 'neutral'), 'fear']);
  });

  it('forgets what is older than its size', () => {
    const window = new ConfirmationWindow({ size: 3, share: 0.5 });
    expect(pushAll(window, ['a', 'a', 'b', 'b', 'b'])).toEqual(['neutral', 'a', 'a', 'b', 'b']);
  });

  it('takes more than the share also where the product is not exact in binary', () => {
    const window = new ConfirmationWindow({ size: 20, share: 0.55 });
    expect(pushAll(window, times(12, 'a')).indexOf('a')).toBe(11);
  });

  it('takes size, share and fallback as options and refuses unusable ones', () => {
    expect(new ConfirmationWindow({ fallback: 'none' }).confirmed).toBe('none');
    for (const options of [{ size: 0 }, { size: 1.5 }, { size: Number.NaN }, { share: 1 }, { share: -0.1 }]) {
      expect(() => new ConfirmationWindow(options)).toThrow(ConfigError);
    }
  });
});
