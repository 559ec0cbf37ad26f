// `--skip-bad`, and its earlier name, which scripts may still use.
import { type Command, Option } from 'commander';

/** Adds both to a command; `what` is left out instead of failing: "broken rows". */
export function addSkipBad(command: Command, what: string): Command {
  return command
    .option('--skip-bad', `leave ${what} out instead of failing`)
    .addOption(new Option('--skip-broken').hideHelp().implies({ skipBad: true }));
}
