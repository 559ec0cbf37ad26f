// `moodlens cameras`: which cameras there are, and how to name them.
import type { Command } from 'commander';
import { listCameras } from '../../../adapters/node/video/cameras.js';
import { tableLines } from '../../../pipeline/report/text-table.js';
import { jsonOption } from '../arguments/json.js';
import { commandOf } from '../command-descriptions.js';

/** The command's definition. */
export function define(): Command {
  return commandOf('cameras', 'each with the name by which it is a source')
    .addOption(jsonOption('[{"index","name","device"}]'))
    .action(cameras);
}

async function cameras(options: { readonly json?: boolean }): Promise<void> {
  const found = await listCameras();
  if (options.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.length === 0) process.stdout.write('no camera was found; plug one in and allow its use\n');
  else {
    const rows = found.map(({ index, name, device }) => [`camera:${index}`, name, device]);
    process.stdout.write(`${tableLines({ columns: ['source', 'name', 'device'], rows }).join('\n')}\n`);
  }
}
