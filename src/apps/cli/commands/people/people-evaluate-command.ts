// `moodlens people evaluate`: how well the people of a folder would be recognised, and strangers turned away.
import { join } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../../../adapters/node/image-codec.js';
import { embeddingFacts, embedPicture } from '../../../../core/identity/embedded-people.js';
import { defaultFaceSize } from '../../../../core/identity/people.js';
import {
  type EvaluatePeopleConfig,
  type EvaluatePeopleOptions,
  evaluatePeopleSchema,
  parseEvaluatePeople,
} from '../../../../pipeline/people/config.js';
import {
  evaluatePeople,
  type LearnPeople,
  learnEmbedding,
  learnLbph,
  type PeopleEvaluation,
} from '../../../../pipeline/people/evaluate-people.js';
import { type FacesByName, readEachFace, readFaces } from '../../../../pipeline/people/read-faces.js';
import { describePeopleEvaluation } from '../../../../pipeline/people/report/describe-people-evaluation.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import { peopleFolderArgument, requirePeopleFolder } from '../../arguments/people.js';
import { methodOption, openEmbedding, requireMethodOptions, usualMethod } from '../../arguments/people-method.js';
import { addReportOptions, mayWriteReport, type ReportOptions } from '../../arguments/report.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { warn } from '../../terminal/terminal-colour.js';
import { withProgress } from '../../terminal/with-progress.js';

interface EvaluateOptions extends EvaluatePeopleOptions, ReportOptions, DetectorOptions {
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
    .addOption(methodOption("embedding where its model is at hand; lbph with LBPH's options"))
    .addOption(stage.option('falseAccepts'))
    .addOption(stage.option('known'))
    .addOption(stage.option('pictures'))
    .addOption(stage.option('seed'))
    .addOption(stage.option('splits'))
    .addOption(stage.option('align'))
    .addOption(stage.option('plain'));
  return addReportOptions(addDetectorOptions(command), 'charts of the rates over thresholds')
    .addOption(jsonOption('the result as JSON'))
    .action(evaluate);
}

async function evaluate(directory: string, options: EvaluateOptions): Promise<void> {
  const method = options.method ?? (await usualMethod(options));
  requireMethodOptions(method, options);
  const config = parseEvaluatePeople({ ...stage.given(options), method });
  await requirePeopleFolder(directory);
  const overwrite = await mayWriteReport(options, isReportFile);
  const { evaluation, whole, leftOut } =
    method === 'embedding'
      ? await evaluateEmbedding(directory, config, options)
      : await evaluateLbph(directory, config, options);
  if (options.report !== undefined) await writeReport(options.report, evaluation, overwrite);
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...evaluation, whole, leftOut })}\n` : describePeopleEvaluation(evaluation),
  );
}

async function evaluateLbph(directory: string, config: EvaluatePeopleConfig, options: DetectorOptions) {
  const size = config.align ? defaultFaceSize : null;
  const detector = config.align ? await openChosenDetector(options, {}) : undefined;
  const faces = await withProgress('people', (progress) => {
    const ports = { decode: decodePicture, progress, ...(detector ? { detector } : {}) };
    return readFaces(createFolderStore(directory), size, ports);
  }).finally(() => detector?.release());
  return evaluateFaces(faces, config, learnLbph);
}

async function evaluateEmbedding(directory: string, config: EvaluatePeopleConfig, options: DetectorOptions) {
  const detector = await openChosenDetector(options, {});
  const embedding = await openEmbedding();
  const facts = embeddingFacts(embedding);
  const faces = await withProgress('people', (progress) =>
    readEachFace(createFolderStore(directory), (picture, face) => embedPicture(embedding, picture, face), {
      decode: decodePicture,
      detector,
      progress,
    }),
  ).finally(async () => {
    await detector.release();
    await embedding.release();
  });
  return evaluateFaces(faces, config, learnEmbedding(facts));
}

async function evaluateFaces<T>(faces: FacesByName<T>, config: EvaluatePeopleConfig, learn: LearnPeople<T>) {
  const { whole, leftOut } = faces;
  for (const { file, reason } of leftOut) warn(`left out: ${file}: ${reason}`);
  if (whole > 0) warn(`taken whole, no face found: ${whole} pictures`);
  const evaluation = await withProgress('splits', async (progress) => evaluatePeople(faces, config, learn, progress));
  return { evaluation, whole, leftOut };
}

async function writeReport(out: string, evaluation: PeopleEvaluation, overwrite: boolean): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writePeopleReport } = await import('../../../../pipeline/people/report/people-report.js');
  const files = await writeFolderAtomic(out, (store) => writePeopleReport(store, { evaluation, encodePng }), {
    overwrite,
  });
  process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} files beside it\n`);
}
