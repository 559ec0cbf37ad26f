import { describe, expect, it } from 'vitest';
import { terminalProgress } from './terminal-progress.js';

function setUp(isTTY: boolean, columns = 100) {
  let nowMs = 0;
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  const progress = terminalProgress('import', { stream, clock: () => nowMs, lineIntervalMs: 1000 });
  const wait = (milliseconds: number) => {
    nowMs += milliseconds;
  };
  return { progress, written, wait };
}

describe('terminalProgress', () => {
  it('shows share, rate and time left on a terminal', () => {
    const { progress, written, wait } = setUp(true);
    progress.update(0, 1000);
    wait(1000);
    progress.update(250, 1000, 'rows');
    expect(written.at(-1)).toBe(
      '\r\u001b[2Kimport ██████░░░░░░░░░░░░░░░░░░  25 %  250/1,000 · 250/s · 3 s left · rows',
    );
  });

  it('prefers the time left that the work itself tells, and gives its words room on a narrow terminal', () => {
    const { progress, written, wait } = setUp(true, 80);
    progress.update(0, 1000);
    wait(1000);
    progress.update(250, 1000, 'epoch 2/8, 4 s left in it', { secondsLeft: 90 });
    expect(written.at(-1)).toBe(
      '\r\u001b[2Kimport ██░░░░░  25 %  250/1,000 · 250/s · 1:30 left · epoch 2/8, 4 s left in it',
    );
  });

  it('does not redraw more than a dozen times a second', () => {
    const { progress, written, wait } = setUp(true);
    for (let done = 0; done < 1000; done++) {
      progress.update(done, 1000);
      wait(1);
    }
    expect(written.length).toBeLessThanOrEqual(13);
  });

  it('measures the rate from where a resumed run starts', () => {
    const { progress, written, wait } = setUp(true);
    progress.update(900, 1000);
    wait(1000);
    progress.update(910, 1000);
    expect(written.at(-1)).toContain('10/s · 9 s left');
  });

  it('keeps the rate of work whose units take long, though it hears of it between them', () => {
    const { progress, written, wait } = setUp(true);
    for (let second = 0; second <= 300; second++) {
      progress.update(Math.floor(second / 60), 50);
      if (second === 59) expect(written.at(-1)).not.toContain('left');
      wait(1000);
    }
    for (let second = 0; second < 50; second++) {
      progress.update(5, 50);
      wait(1000);
    }
    const [, minutes] = /(\d+):\d\d left/.exec(written.at(-1)!) ?? [];
    expect(Number(minutes)).toBeGreaterThanOrEqual(44);
    expect(Number(minutes)).toBeLessThanOrEqual(60);
  });

  it('writes a line now and then in a log, without control characters', () => {
    const { progress, written, wait } = setUp(false);
    for (let done = 0; done <= 350; done++) {
      progress.update(done, 350);
      wait(10);
    }
    progress.finish();
    expect(written.length).toBe(4);
    expect(written.join('')).not.toContain('\u001b');
    expect(written.at(-1)).toBe('import: 100 % 350/350, 100/s\n');
  });

  it('says nothing in a log about work of an instant', () => {
    const { progress, written } = setUp(false);
    progress.update(1, 1);
    progress.finish();
    expect(written).toEqual([]);
  });

  it('keeps notes above the bar', () => {
    const { progress, written, wait } = setUp(true);
    progress.update(1, 10);
    wait(1);
    progress.note('epoch 1: loss 1.2');
    expect(written.at(-2)).toBe('\r\u001b[2Kepoch 1: loss 1.2\n');
    expect(written.at(-1)).toContain('1/10');
  });

  it('never draws wider than the terminal', () => {
    const { progress, written } = setUp(true);
    progress.update(1, 10, 'x'.repeat(500));
    expect(written[0]!.replace('\r\u001b[2K', '').length).toBe(99);
  });

  it('counts work whose end is not known', () => {
    const { progress, written, wait } = setUp(true);
    progress.update(0, 0);
    wait(2000);
    progress.update(60, 0);
    expect(written.at(-1)).toContain('60, 30/s');
  });
});
