// Finds the figures of a model's card: the confusion matrix that `moodlens export` writes, and what stands beside it.
import { accuracyOf, classFigures, macroF1 } from '../../../../core/metrics/confusion-matrix.js';
import { wilsonInterval } from '../../../../core/metrics/wilson-interval.js';
import type { Judgement } from '../../worker/model-protocol.js';
import { type Block, parseMarkdown, type Span } from './parse-markdown.js';

/** The figures of a card. */
export interface CardFigures extends Judgement {
  readonly split: string;
  /** Name of the run that the card is of; null when it does not say. */
  readonly run: string | null;
}

type Table = Extract<Block, { kind: 'table' }>;

const sectionTitle = /^Figures on (.+) \(validation, n = ([\d,]+)\)$/;

/** Null when the card has no matrix over just these classes, or its counts are not its n pictures. */
export function readCardFigures(card: string, labels: readonly string[]): CardFigures | null {
  const blocks = parseMarkdown(card);
  const start = blocks.findIndex((block) => block.kind === 'heading' && sectionTitle.test(plain(block.spans)));
  const heading = blocks[start];
  if (heading?.kind !== 'heading') return null;
  const [, split, n] = sectionTitle.exec(plain(heading.spans))!;
  const rest = blocks.slice(start + 1);
  const end = rest.findIndex((block) => block.kind === 'heading');
  const tables = tablesOf(end < 0 ? rest : rest.slice(0, end));
  const matrix = tables.map((table) => countsOf(table, labels)).find((counts) => counts !== null);
  const sum = matrix?.flat().reduce((total, count) => total + count, 0) ?? 0;
  if (!matrix || sum === 0 || sum !== Number(n!.replaceAll(',', ''))) return null;
  const accuracy = accuracyOf(matrix);
  const run = rowOf(tablesOf(blocks.slice(0, start)), /^Run$/);
  return {
    ...{ split: split!, run: run ?? null, labels: [...labels], reliability: null },
    figures: {
      ...{ accuracy, interval: wilsonInterval(Math.round(accuracy * sum), sum), n: sum },
      ...{ macroF1: macroF1(matrix), confusionMatrix: matrix },
      perClass: classFigures(matrix).map((figures, i) => ({ label: labels[i]!, ...figures })),
      nll: numberOf(rowOf(tables, /^negative log-likelihood$/)),
      ece: numberOf(rowOf(tables, /^expected calibration error/)),
    },
  };
}

function plain(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('');
}

function tablesOf(blocks: readonly Block[]): Table[] {
  return blocks.filter((block) => block.kind === 'table');
}

/** A table with a column and a row for each class, in their order. */
function countsOf({ head, rows }: Table, labels: readonly string[]): number[][] | null {
  const isNamed = (cells: readonly string[]): boolean =>
    cells.length === labels.length && cells.every((cell, i) => cell === labels[i]);
  if (!isNamed(head.slice(1).map(plain)) || !isNamed(rows.map((row) => plain(row[0] ?? [])))) return null;
  const texts = rows.map((row) => row.slice(1).map(plain));
  const isWhole = texts.every((row) => row.length === labels.length && row.every((text) => /^\d{1,9}$/.test(text)));
  return isWhole ? texts.map((row) => row.map(Number)) : null;
}

/** The second cell of the first row of that name. */
function rowOf(tables: readonly Table[], name: RegExp): string | undefined {
  const row = tables.flatMap(({ rows }) => rows).find(([first]) => name.test(plain(first ?? [])));
  return row?.[1] && plain(row[1]);
}

/** The number that a text begins with. */
function numberOf(text: string | undefined): number | null {
  const number = Number.parseFloat(text ?? '');
  return Number.isFinite(number) ? number : null;
}
