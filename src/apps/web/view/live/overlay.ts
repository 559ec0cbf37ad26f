// Draws faces over the video: brackets, name, confirmed label, expression bars. Plain elements, moved by the
// compositor between two analysed frames: a canvas of the picture's size costs the page's thread ten times as much.
import type { Box } from '../../../../core/image/picture.js';
import type { FaceResult } from '../../../../core/live/frame-result.js';
import type { FrameReport } from '../../worker/protocol.js';
import { expressionColour, faceName } from '../expression-style.js';
import { boxOnScreen, overlaps, placeBeside, type Size } from './overlay-layout.js';

/** As in style/overlay.css, pixels. */
const panelPadding = 8;
const rowHeight = 15;
const panelWidth = 150;
const tagHeight = 27;
const columnWidth = 8;
const columnsHeight = 30;
/** Faces smaller than this get columns, not labelled bars. */
const leastHeightForPanel = 70;

/** Owns the element laid over the video. Call `show` with each report, null when there is none any more. */
export class Overlay {
  isMirrored = false;
  readonly #layer: HTMLElement;
  readonly #marks = new Map<number, FaceMark>();
  #report: FrameReport | null = null;
  #screen: Size = { width: 0, height: 0 };

  constructor(layer: HTMLElement) {
    this.#layer = layer;
    new ResizeObserver(([entry]) => {
      this.#screen = entry!.contentRect;
      this.show(this.#report);
    }).observe(layer);
  }

  show(report: FrameReport | null): void {
    this.#report = report;
    const faces = report?.result.faces ?? [];
    const tracks = new Set(faces.map(({ track }) => track));
    for (const [track, mark] of this.#marks) {
      if (tracks.has(track)) continue;
      mark.leave();
      this.#marks.delete(track);
    }
    // The largest face first: its bars have the first choice of place.
    const placed = faces
      .map((face) => ({ face, box: boxOnScreen(face.box, report!, this.#screen, this.isMirrored) }))
      .sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
    const taken = placed.map(({ box }) => box);
    for (const { face, box } of placed) {
      let mark = this.#marks.get(face.track);
      if (!mark) {
        mark = new FaceMark(this.#layer);
        this.#marks.set(face.track, mark);
      }
      mark.draw(face, box, this.#screen, taken);
    }
  }
}

/** One face's elements. */
class FaceMark {
  readonly #root: HTMLElement;
  readonly #name: HTMLElement;
  readonly #label: HTMLElement;
  readonly #tag: HTMLElement;
  readonly #panel: HTMLElement;
  #bars: { row: HTMLElement; fill: HTMLElement; label: string }[] = [];

  constructor(layer: HTMLElement) {
    this.#root = element('div', 'mark', layer);
    for (const corner of ['tl', 'tr', 'br', 'bl']) element('i', `corner ${corner}`, this.#root);
    this.#tag = element('div', 'tag', this.#root);
    this.#name = element('span', 'tag-name', this.#tag);
    this.#label = element('span', 'tag-label', this.#tag);
    this.#panel = element('div', 'mark-bars', this.#root);
  }

  draw(face: FaceResult, box: Box, screen: Size, taken: Box[]): void {
    const [x, y, width, height] = box;
    const { style } = this.#root;
    style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    style.width = `${width.toFixed(1)}px`;
    style.height = `${height.toFixed(1)}px`;
    style.setProperty('--colour', face.confirmed ? expressionColour(face.confirmed) : '#e9edf5');
    taken.push(this.#drawTag(face, box, screen));
    this.#drawBars(face, box, screen, taken);
  }

  /** Fades out, then goes. */
  leave(): void {
    this.#root.classList.add('leaving');
    setTimeout(() => this.#root.remove(), 200);
  }

  /** Name and confirmed label above the box, below it where there is no room; returns about where. */
  #drawTag({ person, track, confirmed }: FaceResult, [x, y, width, height]: Box, screen: Size): Box {
    const name = faceName(person, track);
    setText(this.#name, name);
    setText(this.#label, confirmed ?? '');
    this.#tag.classList.toggle('known', person !== null);
    // Measuring would force a layout thirty times a second; this is near enough to keep the tag in the picture.
    const tagWidth = 24 + name.length * 8.2 + (confirmed ? 20 + confirmed.length * 7.4 : 0);
    const left = Math.max(4, Math.min(screen.width - tagWidth - 4, x + (width - tagWidth) / 2));
    const isAbove = y >= tagHeight + 12;
    const top = isAbove ? y - tagHeight - 8 : Math.min(screen.height - tagHeight - 4, y + height + 8);
    this.#tag.style.transform = `translate(${(left - x + tagWidth / 2).toFixed(0)}px, ${(top - y).toFixed(0)}px) translateX(-50%)`;
    return [left, top, tagWidth, tagHeight];
  }

  /** Labelled bars beside the box; where these would cover a face, small columns under it. */
  #drawBars({ probabilities, confirmed }: FaceResult, box: Box, screen: Size, taken: Box[]): void {
    const entries = Object.entries(probabilities ?? {});
    if (this.#bars.length !== entries.length) this.#makeBars(entries.map(([label]) => label));
    if (entries.length === 0) return;
    const panel: Size = { width: panelWidth, height: entries.length * rowHeight + 2 * panelPadding };
    const beside = box[3] >= leastHeightForPanel ? placeBeside(box, panel, screen, taken) : undefined;
    const place = beside ?? columnsPlace(box, entries.length, screen);
    const isHidden = !beside && taken.some((other) => overlaps(place, other));
    this.#panel.classList.toggle('columns', !beside);
    this.#panel.classList.toggle('hidden', isHidden);
    if (isHidden) return;
    taken.push(place);
    this.#panel.style.transform = `translate(${(place[0] - box[0]).toFixed(0)}px, ${(place[1] - box[1]).toFixed(0)}px)`;
    for (const [index, [label, probability]] of entries.entries()) {
      const bar = this.#bars[index]!;
      bar.row.classList.toggle('is-confirmed', label === confirmed);
      bar.fill.style.setProperty('--share', Math.max(0.02, probability).toFixed(2));
    }
  }

  #makeBars(labels: readonly string[]): void {
    this.#panel.replaceChildren();
    this.#bars = labels.map((label) => {
      const row = element('div', 'mark-bar', this.#panel);
      setText(element('span', 'mark-bar-label', row), label);
      const fill = element('b', '', element('span', 'mark-bar-track', row));
      fill.style.backgroundColor = expressionColour(label);
      return { row, fill, label };
    });
  }
}

function columnsPlace([x, y, width, height]: Box, count: number, screen: Size): Box {
  const size: Size = { width: count * columnWidth + 8, height: columnsHeight };
  const left = Math.max(4, Math.min(screen.width - size.width - 4, x + (width - size.width) / 2));
  return [left, Math.min(screen.height - size.height - 4, y + height + 7), size.width, size.height];
}

function element(name: string, className: string, parent: HTMLElement): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  parent.append(made);
  return made;
}

/** Writes only what changed: every write costs a layout. */
function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
