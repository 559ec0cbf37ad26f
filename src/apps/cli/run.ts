// Runs one command line: finds the command, loads its file, prints what went wrong.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { commands } from './command-table.js';
import { exitCodeOf, exitCodes } from './terminal/exit-codes.js';
import { describeError } from './terminal/print-error.js';
import { paint, paintError } from './terminal/terminal-colour.js';

/** Runs one command line (without node and script) and returns the exit code. */
export async function run(commandLine: readonly string[]): Promise<number> {
  // `help data import` is `data import --help`; commander's own help command knows only the first level.
  const args = commandLine[0] === 'help' ? [...commandLine.slice(1), '--help'] : commandLine;
  const called = args.find((word) => !word.startsWith('-'));
  try {
    const program = await buildProgram(called);
    if (args.length === 0) {
      process.stderr.write(program.helpInformation());
      return exitCodes.wrongUse;
    }
    // With `--help` commander would show the program's help for a command that does not exist.
    const exists = called === undefined || commands.some(({ name }) => name === called);
    await program.parseAsync(exists ? [...args] : [called], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    process.stderr.write(paintError(describeError(error, Boolean(process.env.MOODLENS_DEBUG))));
    return exitCodeOf(error);
  }
}

/** The program with every command by name and description, and the called one in full. */
async function buildProgram(called: string | undefined): Promise<Command> {
  const program = new Command('moodlens')
    .description('Faces and facial expressions in live video, with models you train yourself, on your own machine.')
    .version(version(), '-v, --version', 'print the version')
    .usage('<command> [options]')
    .addHelpText('after', '\nRun `moodlens <command> --help` for the options of a command.');
  for (const entry of commands) {
    if (entry.name === called) program.addCommand((await entry.load()).define());
    else program.command(entry.name).description(entry.description);
  }
  prepare(program);
  program.showHelpAfterError('(`moodlens --help` lists the commands)');
  return program;
}

/** Commander ends the process on wrong use by default; here it throws, in every sub-command too. */
function prepare(command: Command): void {
  command.exitOverride();
  // Commander takes the colours out where the stream shows none.
  command.configureHelp({ styleTitle: (title) => paint('heading', title) });
  command.configureOutput({ outputError: (text, write) => write(paintError(text)) });
  for (const child of command.commands) {
    child.showHelpAfterError(`(\`${pathOf(child)} --help\` lists what it takes)`);
    prepare(child);
  }
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version;
}
