// `--report FOLDER` with `--force`, for commands that also write a page.
import type { Command } from 'commander';
import { requireFreeFolder } from '../../../adapters/node/files.js';
import { ConfigError } from '../../../core/errors.js';
import { forceOption, mayReplace } from './force.js';

export interface ReportOptions {
  readonly report?: string;
  readonly force?: boolean;
}

/** Adds both to a command; `what` is on the page: "charts and the surest mistakes". */
export function addReportOptions(command: Command, what: string): Command {
  return command
    .option('--report <folder>', `also write a page with ${what}; must not exist yet`)
    .addOption(forceOption('the report at --report'));
}

/**
 * Whether the report's folder may be overwritten; `isOwn`: whether the command writes a file of that name. To be asked before the long
 * work: throws ConfigError when the folder is taken, and for --force without a report.
 */
export async function mayWriteReport(
  { report: out, force }: ReportOptions,
  isOwn: (name: string) => boolean,
): Promise<boolean> {
  if (out === undefined) {
    if (force) throw new ConfigError('--force replaces a report, and none is asked for; add --report, or leave it out');
    return false;
  }
  const overwrite = await mayReplace({ out, force, what: 'a report', isOwn });
  await requireFreeFolder(out, overwrite);
  return overwrite;
}
