// `moodlens people evaluate`: how well the people of a folder would be recognised, and strangers turned away.
import { join } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../../../adapters/node/image-codec.js';
import { defaultFaceSize } from '../../../../core/identity/people.js';
import {
  type EvaluatePeopleOptions,
  evaluatePeopleSchema,
  parseEvaluatePeople,
} from '../../../../pipeline/people/config.js';
import { evaluatePeople, type PeopleEvaluation } from '../../../../pipeline/people/evaluate-people.js';
import { readFaces } from '../../../../pipeline/people/read-faces.js';
import { describePeopleEvaluation } from '../../../../pipeline/people/report/describe-people-evaluation.js';
import { openDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import { peopleFolderArgument, requirePeopleFolder } from '../../arguments/people.js';
import { addReportOptions, mayWriteReport, type ReportOptions } from '../../arguments/report.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { warn } from '../../terminal/terminal-colour.js';
import { withProgress } from '../../terminal/with-progress.js';

interface EvaluateOptions extends EvaluatePeopleOptions, ReportOptions {
  readonly json?: boolean;
}

const stage = new SchemaOptions(evaluatePeopleSchema);
/** Whether a report's folder has a file of that name. */
const isReportFile = (name: string) => /^(report\.html|evaluation\.json|[a-z-]+\.svg)$/.test(name);

/** The sub-command's definition. */
export function definePeopleEvaluate(): Command {
  const command = new Command('evaluate')
    .description(
      'evaluate recognition: rank 1, false accepts and false rejects; some people are learnt, the others are strangers',
    )
    .argument(...peopleFolderArgument)
    .addOption(stage.option('known'))
    .addOption(stage.option('pictures'))
    .addOption(stage.option('seed'))
    .addOption(stage.option('splits'))
    .addOption(stage.option('align'))
    .addOption(stage.option('plain'));
  return addReportOptions(command, 'charts of the rates over thresholds')
    .addOption(jsonOption('the result as JSON'))
    .action(evaluate);
}

async function evaluate(directory: string, options: EvaluateOptions): Promise<void> {
  const config = parseEvaluatePeople(stage.given(options));
  await requirePeopleFolder(directory);
  const overwrite = await mayWriteReport(options, isReportFile);
  const faces = await readAll(directory, config.align);
  for (const { file, reason } of faces.leftOut) warn(`left out: ${file}: ${reason}`);
  if (faces.whole > 0) warn(`taken whole, no face found: ${faces.whole} pictures`);
  const evaluation = await withProgress('splits', async (progress) => evaluatePeople(faces, config, progress));
  if (options.report !== undefined) await writeReport(options.report, evaluation, overwrite);
  const { whole, leftOut } = faces;
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...evaluation, whole, leftOut })}\n` : describePeopleEvaluation(evaluation),
  );
}

async function readAll(directory: string, align: boolean) {
  const detector = align ? await openDetector() : undefined;
  const ports = { decode: decodePicture, ...(detector ? { detector } : {}) };
  try {
    return await withProgress('people', (progress) =>
      readFaces(createFolderStore(directory), align ? defaultFaceSize : null, { ...ports, progress }),
    );
  } finally {
    await detector?.release();
  }
}

async function writeReport(out: string, evaluation: PeopleEvaluation, overwrite: boolean): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writePeopleReport } = await import('../../../../pipeline/people/report/people-report.js');
  const files = await writeFolderAtomic(out, (store) => writePeopleReport(store, { evaluation, encodePng }), {
    overwrite,
  });
  process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} files beside it\n`);
}
