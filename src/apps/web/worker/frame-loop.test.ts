import { describe, expect, it } from 'vitest';
import { FrameLoop } from './frame-loop.js';

const tick = () => new Promise((resolve) => setTimeout(resolve));

function setUp() {
  const started: number[] = [];
  const closed: number[] = [];
  const gates: (() => void)[] = [];
  const loop = new FrameLoop<{ id: number; close(): void }>(async ({ id }) => {
    started.push(id);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (id === 66) throw new Error('broken frame');
  });
  const offer = (id: number) => loop.offer({ id, close: () => closed.push(id) });
  return { started, closed, gates, loop, offer };
}

describe('FrameLoop', () => {
  it('analyses the newest frame and drops those between', async () => {
    const { started, closed, gates, offer } = setUp();
    for (const id of [1, 2, 3, 4]) offer(id);
    expect(started).toEqual([1]);
    expect(closed).toEqual([2, 3]);
    gates[0]!();
    await tick();
    expect(started).toEqual([1, 4]);
    gates[1]!();
    await tick();
    expect(closed).toEqual([2, 3, 1, 4]);
  });

  it('starts again after it ran dry', async () => {
    const { started, gates, offer } = setUp();
    offer(1);
    gates[0]!();
    await tick();
    offer(2);
    expect(started).toEqual([1, 2]);
  });

  it('closes the waiting frame when cleared', () => {
    const { closed, loop, offer } = setUp();
    offer(1);
    offer(2);
    loop.clear();
    expect(closed).toEqual([2]);
  });
});
