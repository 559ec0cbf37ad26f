// Progress on stderr: a bar with rate and time left on a terminal, a plain line now and then in a log.
import type { Progress } from '../../core/ports/progress.js';

/** What the bar is drawn on; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface TerminalProgressOptions {
  readonly stream?: ProgressStream;
  /** Monotonic milliseconds. */
  readonly clock?: () => number;
  /** Shortest time between two lines in a log; default 10,000. */
  readonly lineIntervalMs?: number;
}

const redrawIntervalMs = 80;
/** The rate follows the last seconds, so that a slow first step does not spoil the time left. */
const rateMemoryMs = 8000;
const rateMemoryUnits = 5;
const barWidth = 24;
const narrowBarWidth = 6;
const clearLine = '\r\u001b[2K';

/** A progress display named `label`, e.g. `terminalProgress('import')`. */
export function terminalProgress(label: string, options: TerminalProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  const clock = options.clock ?? (() => performance.now());
  const lineIntervalMs = options.lineIntervalMs ?? 10_000;
  const live = Boolean(stream.isTTY) && process.env.TERM !== 'dumb';
  const startMs = clock();
  let text = '';
  let drawn = '';
  let shownMs = live ? -Infinity : startMs;
  let lines = 0;
  let finished = false;
  const rate = createRate(startMs);

  function columns(): number {
    return Math.max(20, (stream.columns ?? 80) - 1);
  }

  function draw(): void {
    const line = text.slice(0, columns());
    stream.write(`${clearLine}${line}`);
    drawn = text;
  }

  return {
    update(done, total, detail, estimate) {
      if (finished) return;
      const nowMs = clock();
      const perSecond = rate.update(done, nowMs);
      const secondsLeft = estimate?.secondsLeft ?? (perSecond ? (total - done) / perSecond : undefined);
      const widthLimit = live ? columns() : undefined;
      text = describe({ label, done, total, perSecond, secondsLeft, detail, widthLimit });
      if (nowMs - shownMs < (live ? redrawIntervalMs : lineIntervalMs)) return;
      shownMs = nowMs;
      if (live) draw();
      else {
        stream.write(`${text}\n`);
        drawn = text;
        lines += 1;
      }
    },
    note(line) {
      stream.write(`${live ? clearLine : ''}${line}\n`);
      if (live && text && !finished) draw();
    },
    finish() {
      if (finished) return;
      finished = true;
      if (text === '') return;
      if (live) {
        draw();
        stream.write('\n');
      } else if (text !== drawn && (lines > 0 || clock() - startMs >= 1000)) stream.write(`${text}\n`);
    },
  };
}

/**
 * Units per second, of the last seconds or, where units take long, of the last few units: between two of them the rate
 * must not fade. Undefined until there are two points in time.
 */
function createRate(startMs: number): { update(done: number, nowMs: number): number | undefined } {
  let first: { readonly done: number; readonly ms: number } | undefined;
  let lastDone = 0;
  let lastMs = startMs;
  let units = 0;
  let spentMs = 0;
  return {
    update(done, nowMs) {
      // The first point is where the work starts (a resumed run does not start at 0); going back is a new start.
      if (first === undefined || done < lastDone) {
        first = { done, ms: nowMs };
        lastDone = done;
        lastMs = nowMs;
        units = 0;
        spentMs = 0;
      }
      const elapsedMs = nowMs - lastMs;
      if (elapsedMs >= 50) {
        const unitMs = (nowMs - first.ms) / (done - first.done);
        const kept = Math.exp(-elapsedMs / Math.max(rateMemoryMs, rateMemoryUnits * unitMs));
        units = units * kept + (done - lastDone);
        spentMs = spentMs * kept + elapsedMs;
        lastDone = done;
        lastMs = nowMs;
      }
      return spentMs > 0 ? (units / spentMs) * 1000 : undefined;
    },
  };
}

interface Reading {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly detail: string | undefined;
  /** Of a terminal, characters; undefined for a log, which gets no bar. */
  readonly widthLimit: number | undefined;
}

function describe({ label, done, total, perSecond, secondsLeft, detail, widthLimit }: Reading): string {
  const known = total > 0;
  const share = known ? Math.min(1, Math.max(0, done / total)) : 0;
  const parts = [known ? `${count(done)}/${count(total)}` : count(done)];
  if (perSecond !== undefined && perSecond > 0) {
    parts.push(perSecond >= 1 ? `${formatRate(perSecond)}/s` : `${formatRate(perSecond * 60)}/min`);
    if (known && done < total && secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft)} left`);
  }
  if (detail) parts.push(detail);
  const percent = `${Math.floor(share * 100)} %`;
  if (widthLimit === undefined || !known) return `${label}: ${known ? `${percent} ` : ''}${parts.join(', ')}`;
  const text = `${percent.padStart(5)}  ${parts.join(' · ')}`;
  // On a narrow terminal the text matters more than a wide bar.
  const room = widthLimit - label.length - text.length - 2;
  return `${label} ${bar(share, Math.min(barWidth, Math.max(narrowBarWidth, room)))} ${text}`;
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

function count(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(1);
}

function formatRate(value: number): string {
  return value >= 99.5 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
}

/** Seconds as 8 s, 2:05 or 1:02:05. */
function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = String(whole % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
