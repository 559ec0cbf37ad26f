// The audit of a dataset as a folder: a page that works offline, a PNG of each contact sheet, and everything as JSON.
import type { BlobStore } from '../../../core/ports/blob-store.js';
import type { EncodePicture } from '../../../core/ports/encode-picture.js';
import { createReportFiles } from '../../report/report-files.js';
import { paragraph, reportPage, section, tableHtml } from '../../report/report-page.js';
import type { Audit } from '../audit.js';
import { auditJson } from '../audit-json.js';
import { auditProblems, type Problem, problemKinds } from '../problems.js';
import { agreementTable, problemTable, sentences } from './describe-audit.js';
import { problemSheet } from './problem-sheet.js';

export const auditFiles = { page: 'report.html', json: 'audit.json' } as const;

/** Whether a report may contain a file of that name. */
export function isAuditFile(name: string): boolean {
  return [...Object.values(auditFiles), ...problemKinds.map((kind) => `${kind}.png`)].includes(name);
}

/** Writes the page last; gives the names of the files. */
export async function writeAuditReport(store: BlobStore, audit: Audit, encodePng: EncodePicture): Promise<string[]> {
  const files = createReportFiles(store, encodePng);
  const sections: string[] = [];
  for (const problem of auditProblems(audit)) {
    const sheet = problemSheet(audit.dataset, problem);
    if (sheet === undefined) continue;
    const picture = await files.sheet({
      file: problem.kind,
      title: `${sheet.shown} of ${countSamples(problem).toLocaleString('en')} pictures`,
      caption: 'Under each its split and row, then its label.',
      picture: sheet.picture,
    });
    sections.push(section(problem.title, [paragraph(problem.meaning), picture]));
  }
  await files.write(auditFiles.json, `${JSON.stringify(auditJson(audit))}\n`);
  await files.write(auditFiles.page, page(audit, sections));
  return [...files.names];
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
