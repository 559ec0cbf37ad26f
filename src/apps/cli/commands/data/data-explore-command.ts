// `moodlens data explore`: what a dataset holds, as tables and as a page with charts and pictures.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { z } from 'zod';
import { createFolderStore, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';
import { descriptionFile, type PackedDataset } from '../../../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../../../core/errors.js';
import type { OriginalPicture } from '../../../../pipeline/data/import-folder.js';
import { readDataset } from '../../../../pipeline/data/read-dataset.js';
import { exploreConfigSchema, parseExploreConfig } from '../../../../pipeline/explore/config.js';
import { explore, type FolderFacts } from '../../../../pipeline/explore/explore.js';
import { describeExploration } from '../../../../pipeline/explore/report/describe-exploration.js';
import { forceOption, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import {
  addPictureFolderOptions,
  type PictureFolderOptions,
  readPictureFolder,
} from '../../arguments/picture-folder.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { warn } from '../../terminal/terminal-colour.js';

interface ExploreOptions extends PictureFolderOptions, z.input<typeof exploreConfigSchema> {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const stage = new SchemaOptions(exploreConfigSchema);

/** The sub-command's definition. */
export function defineExplore(): Command {
  const command = new Command('explore')
    .description('show what a dataset holds: classes, samples, mean faces, brightness, contrast and picture sizes')
    .argument('<dir>', "a dataset made by 'moodlens data import', or a folder of pictures as it takes them")
    .option('--out <dir>', 'also write a report: report.html, an SVG per chart, a PNG per sheet; must not exist yet')
    .addOption(stage.option('samples'))
    .addOption(stage.option('seed'));
  return addPictureFolderOptions(command, 'broken pictures of a folder')
    .addOption(forceOption('the report at --out'))
    .addOption(jsonOption('the result as JSON'))
    .action(exploreData);
}

async function exploreData(source: string, options: ExploreOptions): Promise<void> {
  const { out, force } = options;
  const config = parseExploreConfig(stage.given(options));
  const isOwn = (name: string) => /^report\.html$|\.(svg|png)$/.test(name);
  const overwrite =
    out !== undefined && (await mayReplace({ out, force, what: 'a report', isOwn, mark: 'report.html' }));
  if (out !== undefined) await requireFreeFolder(out, overwrite);
  const { dataset, folder } = await openSource(source, options);
  const exploration = explore(dataset, folder);
  const files: string[] = [];
  if (out !== undefined) {
    // ECharts takes a second to load: only those who want the page wait for it.
    const { writeExplorationReport } = await import('../../../../pipeline/explore/report/exploration-report.js');
    const sources = { exploration, dataset, config, encodePng };
    files.push(...(await writeFolderAtomic(out, (store) => writeExplorationReport(store, sources), { overwrite })));
    process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} charts and sheets\n`);
  }
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...(out === undefined ? {} : { out, files }), ...exploration })}\n`
      : describeExploration(exploration),
  );
}

async function openSource(
  source: string,
  options: ExploreOptions,
): Promise<{ dataset: PackedDataset; folder?: FolderFacts }> {
  const kind = await stat(source).catch(() => undefined);
  if (!kind?.isDirectory()) {
    const found = kind === undefined ? 'does not exist; check the path' : 'is a file; import it first';
    throw new ConfigError(`data explore needs a packed dataset or a folder of pictures, and ${source} ${found}`);
  }
  if ((await stat(join(source, descriptionFile)).catch(() => undefined)) === undefined) {
    const pictures: OriginalPicture[] = [];
    const { dataset, problems } = await readPictureFolder(source, options, (picture) => pictures.push(picture));
    for (const problem of problems) warn(`left out: ${problem}`);
    return { dataset, folder: { pictures, problems } };
  }
  if (options.size !== undefined || options.labels !== undefined || options.skipBad) {
    throw new ConfigError('--size, --labels and --skip-bad are for folders of pictures; a packed dataset has its own');
  }
  return { dataset: await readDataset(createFolderStore(source)) };
}
