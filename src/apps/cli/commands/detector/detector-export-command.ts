// `moodlens detector export`: the model of a run's checkpoint, also while the run goes on.
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../../adapters/node/files.js';
import { exportDetector } from '../../../../pipeline/detector/detector-model.js';

interface ExportOptions {
  readonly out: string;
  readonly weights: 'last' | 'best';
}

/** The sub-command's definition. */
export function defineExport(): Command {
  return new Command('export')
    .description("write the model of a run's last or best checkpoint, also while the run goes on")
    .argument('<run>', "the run folder of 'moodlens detector train'")
    .requiredOption('--out <file>', 'the .onnx file; one that is there is replaced')
    .addOption(
      new Option('--weights <which>', 'of the last checkpoint, or of the highest average precision')
        .choices(['last', 'best'])
        .default('last'),
    )
    .action(exportModel);
}

async function exportModel(run: string, { out, weights }: ExportOptions): Promise<void> {
  const { model, epoch, precision } = await exportDetector(createFolderStore(resolve(run)), weights);
  await writeFileAtomic(out, model);
  const judged = precision === null ? '' : `, average precision ${(100 * precision).toFixed(1)} %`;
  process.stdout.write(`${out}: after ${epoch} epoch${epoch === 1 ? '' : 's'}${judged}\n`);
}
