// The audit of a dataset as a folder: a page that opens offline, a PNG of each contact sheet, and everything as JSON.
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { EncodePicture } from '../../core/ports/encode-picture.js';
import { paragraph, pictureHtml, reportPage, section, tableHtml } from '../report/report-page.js';
import type { Audit } from './audit.js';
import { auditJson } from './audit-json.js';
import { agreementTable, problemTable, sentences } from './describe-audit.js';
import { problemSheet } from './problem-sheet.js';
import { auditProblems, type Problem, type ProblemKind, problemKinds } from './problems.js';

export const auditFiles = { page: 'report.html', json: 'audit.json' } as const;

const sheetFile = (kind: ProblemKind): string => `${kind}.png`;

/** Whether a report may hold a file of that name. */
export function isAuditFile(name: string): boolean {
  return [...Object.values(auditFiles), ...problemKinds.map(sheetFile)].includes(name);
}

/** Writes the page last; gives the names of the files. */
export async function writeAuditReport(store: BlobStore, audit: Audit, encodePng: EncodePicture): Promise<string[]> {
  const files: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    await store.write(name, content);
    files.push(name);
  };
  const sections: string[] = [];
  for (const problem of auditProblems(audit)) {
    const sheet = problemSheet(audit.dataset, problem);
    if (sheet === undefined) continue;
    const png = await encodePng(sheet.picture);
    await write(sheetFile(problem.kind), png);
    const { width: widthPx, height: heightPx } = sheet.picture;
    const title = `${sheet.shown} of ${countSamples(problem).toLocaleString('en')} pictures`;
    const caption = 'Under each its split and row, then its label.';
    sections.push(
      section(problem.title, [paragraph(problem.meaning), pictureHtml({ title, caption, png, widthPx, heightPx })]),
    );
  }
  await write(auditFiles.json, `${JSON.stringify(auditJson(audit))}\n`);
  await write(auditFiles.page, page(audit, sections));
  return files;
}

function page(audit: Audit, sections: readonly string[]): string {
  const { dataset, votes } = audit;
  const { count, width, height, hash, source } = dataset;
  return reportPage(`Audit: ${source.name}`, [
    paragraph(
      `${count.toLocaleString('en')} samples of ${width} x ${height} pixels from ${source.name}. Hash ${hash}.`,
    ),
    section('What was found', [tableHtml(problemTable(audit)), ...sentences(audit).map(paragraph)]),
    ...(votes === null ? [] : [section('Labels and votes', [tableHtml(agreementTable(audit, votes))])]),
    ...sections,
  ]);
}

function countSamples({ findings }: Problem): number {
  return findings.reduce((sum, { samples }) => sum + samples.length, 0);
}
