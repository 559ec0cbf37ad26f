// The live pipeline as a command's options ask for it.
import type { Command } from 'commander';
import type { DepthFilter } from '../../../core/detect/depth/depth-filter.js';
import { assemblePipeline } from '../../../core/live/assemble-pipeline.js';
import type { WindowRule } from '../../../core/live/confirmation-windows.js';
import type { AnalyzeConfig } from '../../../pipeline/streams/config.js';
import { analyzeConfigSchema } from '../../../pipeline/streams/config.js';
import { addDepthOptions, type DepthOptions } from './depth.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from './detector.js';
import { modelOption, openExpressionModel } from './model.js';
import { openPeople, readPeopleFile } from './people.js';
import { personalModel, personalOption, personalReadings } from './personal.js';
import { SchemaOptions } from './schema-options.js';
import { toNumbers } from './values.js';
import { windowOption } from './window.js';

export interface PipelineOptions extends DetectorOptions, DepthOptions {
  readonly people?: string;
  readonly model?: string;
  readonly personal?: string;
  readonly window: WindowRule;
  readonly minScore?: number;
}

/** Of the analysis, with its keys that not every command offers. */
export const analyzeOptions = new SchemaOptions(analyzeConfigSchema);

/** Adds the options to a command; `minScoreDefault` are the words for the default of --min-score, where there are several. */
export function addPipelineOptions(command: Command, minScoreDefault?: string): Command {
  return addDepthOptions(addDetectorOptions(command))
    .option('--people <file>', "name the people of this file, made by 'moodlens people train'")
    .addOption(modelOption())
    .addOption(personalOption('videos and photographs'))
    .addOption(windowOption())
    .addOption(
      analyzeOptions.option('minScore', minScoreDefault === undefined ? {} : { defaultText: minScoreDefault }),
    );
}

/** Who and which expression a face is: people, and the expression model as somebody taught it; `release` frees what holds native memory. */
export async function openReaders(options: Pick<PipelineOptions, 'people' | 'model' | 'personal'>) {
  const stored = options.people === undefined ? undefined : await readPeopleFile(options.people);
  const known = stored && (await openPeople(options.people!, stored));
  const general = await openExpressionModel(options.model);
  // --personal applies to every face, whoever it is.
  const personal =
    stored && options.personal === undefined
      ? await personalReadings(general, stored.taught, options.model)
      : undefined;
  const expression =
    options.personal === undefined ? general : await personalModel(general, options.personal, options.model);
  const release = async () => {
    await general.release();
    await known?.release();
  };
  return { people: known?.people, expression, personal, release };
}

/** Detector, expression model and people, in a pipeline; `release` frees what holds native memory. */
export async function openPipeline(
  options: PipelineOptions,
  { minScore }: Pick<AnalyzeConfig, 'minScore'>,
  depthFilter: DepthFilter | undefined,
) {
  const { people, expression, personal, release } = await openReaders(options);
  const { minFace } = toNumbers(options, ['minFace']);
  const { pipeline, detector } = await assemblePipeline(
    {
      openDetector: (numbers) => openChosenDetector(options, numbers),
      expression,
      people,
      personal,
      depthFilter,
      clock: () => performance.now(),
    },
    { startScore: minScore, minFace, windowRule: options.window },
  );
  return {
    people,
    pipeline,
    release: async () => {
      await detector.release();
      await release();
    },
  };
}
