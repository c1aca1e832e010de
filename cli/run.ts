import { nearest } from '../errors';
import { type Command, type Io, UsageError } from './command';
import { nodeTooOld } from './node-version';
import { packageJson } from './package-json';

/** A line of `drydock --help`, and how to get at the command: loaded only when it is asked for. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Runs `drydock ...argv` and resolves to the exit code: 0, 1 for a failure, 2 for a mistake in the command line. */
export async function run(
  argv: readonly string[],
  commands: Readonly<Record<string, CommandEntry>>,
  io: Io,
  { env, version }: Pick<NodeJS.Process, 'env' | 'version'> = process,
): Promise<number> {
  const tooOld = nodeTooOld(version, packageJson().engines.node);
  if (tooOld !== undefined) {
    io.err(`drydock: ${tooOld}\n`);
    return 1;
  }
  try {
    return await dispatch(argv, commands, io);
  } catch (error) {
    io.err(`${inWords(error)}\n`);
    if (env.DRYDOCK_DEBUG === '1' && error instanceof Error) {
      io.err(`${error.stack}\n`);
    }
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(
  [first, ...rest]: readonly string[],
  commands: Readonly<Record<string, CommandEntry>>,
  io: Io,
): Promise<number> {
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    io.out(helpText(commands));
    return 0;
  }
  if (first === '--version' || first === '-v') {
    io.out(`${packageJson().version}\n`);
    return 0;
  }
  const entry = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (entry === undefined) {
    const isOption = first.startsWith('-');
    const near = nearest(first, isOption ? ['--help', '--version'] : Object.keys(commands));
    throw new UsageError(
      `unknown ${isOption ? 'option' : 'command'} ${first}${near === undefined ? '' : `, did you mean ${near}?`}`,
    );
  }
  const command = await entry.load();
  return command(rest, io);
}

function inWords(error: unknown): string {
  if (error instanceof UsageError) {
    return `drydock: ${error.message} (${error.help} lists what there is)`;
  }
  if (statesItsFacts(error)) {
    return `drydock: ${error.message}`;
  }
  const found = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `drydock: ${found} (run again with DRYDOCK_DEBUG=1 for where it was thrown)`;
}

/** Errors that the rooms throw on purpose carry a code and four facts, and put both into their message. */
function statesItsFacts(error: unknown): error is Error {
  return error instanceof Error && ['code', 'where', 'found', 'expected'].every((fact) => fact in error);
}

function helpText(commands: Readonly<Record<string, CommandEntry>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `${[
    'Usage: drydock <command> [options]',
    '',
    ...lines,
    '',
    'drydock <command> --help says what a command takes; drydock --version prints the version.',
  ].join('\n')}\n`;
}
