import { describe, expect, it, vi } from 'vitest';
import type { Session } from '../ports/session.js';
import { SizedSessions } from './sized-sessions.js';

function sessions(open?: () => Promise<void>) {
  const released: string[] = [];
  const opened = vi.fn(async (size: number, side: number) => {
    await open?.();
    const session = { release: async () => void released.push(`${size} of ${side}`) } as unknown as Session;
    return { session };
  });
  return { sized: new SizedSessions(opened), opened, released };
}

describe('SizedSessions', () => {
  it('opens one for each batch size, for all who ask', async () => {
    const { sized, opened } = sessions();
    const [first, same, other] = await Promise.all([8, 8, 3].map((size) => sized.for({ size, side: 44 })));
    expect(same).toBe(first);
    expect(other).not.toBe(first);
    expect(opened.mock.calls).toEqual([
      [8, 44],
      [3, 44],
    ]);
  });

  it('releases those of another side', async () => {
    const { sized, opened, released } = sessions();
    await sized.for({ size: 8, side: 32 });
    await sized.for({ size: 3, side: 32 });
    await sized.for({ size: 8, side: 44 });
    expect(released).toEqual(['8 of 32', '3 of 32']);
    await sized.release();
    expect(released).toEqual(['8 of 32', '3 of 32', '8 of 44']);
    await sized.for({ size: 8, side: 44 });
    expect(opened).toHaveBeenCalledTimes(4);
  });

  it('tells whoever asked that it did not open, and has nothing to release', async () => {
    const { sized } = sessions(() => Promise.reject(new Error('no memory')));
    await expect(sized.for({ size: 8, side: 44 })).rejects.toThrow('no memory');
    await sized.release();
  });
});
