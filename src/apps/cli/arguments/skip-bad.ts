// The earlier name of `--skip-bad`, which scripts may still use.
import { Option } from 'commander';

/** `--skip-broken`: does what `--skip-bad` does, and is not listed. */
export function formerSkipBad(): Option {
  return new Option('--skip-broken').hideHelp().implies({ skipBad: true });
}
