// `--json`: results for programs on stdout.
import { Option } from 'commander';

/** `what` is printed: "the figures as JSON". */
export function jsonOption(what: string): Option {
  return new Option('--json', `print ${what}`);
}
