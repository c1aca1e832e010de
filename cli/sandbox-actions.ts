import { printable } from '../errors';
import { type Finding, type Sandbox, Sandboxes, type SandboxSummary } from '../sandbox';
import { type Io, UsageError } from './command';
import { interruptible } from './interruptible';
import { parseOptions } from './parse-options';
import { copied, exitCodeOf, notStartedCode, pass } from './sandbox-output';
import { type FoundTemplate, findTemplate, needsImage, type TemplateOptions } from './sandbox-template';
import { atTerminal, checkTerminal } from './sandbox-terminal';
import { variablesOf } from './sandbox-variables';

const HELP = 'drydock sandbox --help';

const common = { template: { type: 'string' }, namespace: { type: 'string' } } as const;
const amounts = {
  image: { type: 'string' },
  cpu: { type: 'string' },
  memory: { type: 'string' },
  storage: { type: 'string' },
  ttl: { type: 'string', default: '3600' },
} as const;
const orphan = { 'orphan-ttl': { type: 'string' } } as const;
const running = {
  env: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  raw: { type: 'boolean', default: false },
  tty: { type: 'boolean', short: 't', default: false },
} as const;

interface RunningValues {
  readonly env?: readonly string[];
  readonly timeout?: string;
  readonly raw: boolean;
  readonly tty: boolean;
}

/** `drydock sandbox run`: a sandbox for one command, gone with it. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const { own, command } = parted(argv, 'run --image IMAGE');
  const { values } = parseOptions('sandbox', own, { ...common, ...amounts, ...orphan, ...running });
  if (values.tty) checkTerminal('run -t');
  return withImage('run', values, (sandboxes) =>
    interruptible(async (signal) => {
      const sandbox = await sandboxes.claim({
        values: runValues(values),
        ttl: numberOf('ttl', values.ttl),
        orphanTtl: orphanTtlOf(values['orphan-ttl']),
        signal,
        onProgress: ({ phase, detail, elapsedMs }) =>
          io.err(
            `${phase} after ${(elapsedMs / 1000).toFixed(1)} s${detail ? `: ${printable(detail)}` : ''}\n`,
          ),
      });
      try {
        return await execute(sandbox, command, values, io, signal);
      } finally {
        await sandbox.close();
      }
    }),
  );
}

/** `drydock sandbox exec`: a command in a sandbox that is there and stays. */
export async function exec(argv: readonly string[], io: Io): Promise<number> {
  const { own, command } = parted(argv, 'exec ID');
  const { values, positionals } = parseOptions('sandbox', own, { ...common, ...running }, true);
  const id = only(positionals, 'the name of a sandbox: drydock sandbox exec ID -- CMD');
  if (values.tty) checkTerminal('exec -t');
  return inSandbox(id, command, values, io);
}

/** `drydock sandbox shell`: a shell at this terminal, in a sandbox that is there and stays. */
export async function shell(argv: readonly string[], io: Io): Promise<number> {
  const { env, timeout } = running;
  const { values, positionals } = parseOptions('sandbox', argv, { ...common, env, timeout }, true);
  const id = only(positionals, 'the name of a sandbox: drydock sandbox shell ID');
  checkTerminal('shell');
  return inSandbox(id, SHELL, { ...values, raw: true, tty: true }, io);
}

/** The one that a person wants, where it is in the image. */
const SHELL = ['sh', '-c', 'exec "$(command -v bash || echo sh)"'];

function inSandbox(
  id: string,
  command: readonly string[],
  values: RunningValues & TemplateOptions,
  io: Io,
): Promise<number> {
  return within(values, (sandboxes) =>
    interruptible(async (signal) => {
      const sandbox = await sandboxes.attach(id, { signal });
      try {
        return await execute(sandbox, command, values, io, signal);
      } finally {
        await sandbox.release();
      }
    }),
  );
}

/** `drydock sandbox cp`: a file or folder, into or out of a sandbox. */
export async function cp(argv: readonly string[], io: Io): Promise<number> {
  const own = { ...common, 'skip-special': { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseOptions('sandbox', argv, own, true);
  const [from, to] = positionals;
  const [source, target] = [placeOf(from), placeOf(to)];
  if (positionals.length !== 2 || (source.id === undefined) === (target.id === undefined)) {
    throw new UsageError('cp takes ID:PATH and a local path, in either order', HELP);
  }
  return within(values, (sandboxes) =>
    interruptible(async (signal) => {
      const sandbox = await sandboxes.attach((source.id ?? target.id)!, { signal });
      try {
        const { files } = sandbox;
        const options = { signal, special: values['skip-special'] ? 'skip' : 'refuse' } as const;
        const result = source.id
          ? await files.download(source.path, target.path, options)
          : await files.upload(source.path, target.path, options);
        io.err(copied(result));
        return 0;
      } finally {
        await sandbox.release();
      }
    }),
  );
}

/** `drydock sandbox ps`. */
export async function ps(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseOptions('sandbox', argv, common);
  return within(values, async (sandboxes) => {
    const rows = (await sandboxes.list()).map(rowOf);
    io.out(table([['ID', 'STATE', 'AGE', 'ENDS IN', 'IMAGE'], ...rows]));
    return 0;
  });
}

/** `drydock sandbox gc`: what has finished, and with --all everything. */
export async function gc(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseOptions('sandbox', argv, { ...common, all: { type: 'boolean', default: false } });
  return within(values, async (sandboxes) => {
    const finished = await sandboxes.collect();
    const rest = values.all ? (await sandboxes.list()).map(({ id }) => id) : [];
    await Promise.all(rest.map((id) => sandboxes.end(id)));
    for (const id of [...finished, ...rest]) io.out(`${printable(id)}\n`);
    return 0;
  });
}

/** `drydock sandbox preflight`. */
export async function preflight(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseOptions('sandbox', argv, { ...common, ...amounts });
  return withImage('preflight', values, async (sandboxes) => {
    const { isGood, findings } = await sandboxes.preflight({ values: runValues(values) });
    for (const finding of findings) io.out(inWords(finding));
    return isGood ? 0 : 1;
  });
}

function inWords({ verdict, check, found, remedy }: Finding): string {
  const mark = { good: 'ok     ', bad: 'BAD    ', unknown: 'unknown' }[verdict];
  return `${mark} ${check}: ${printable(found)}${remedy ? `\n          ${printable(remedy)}` : ''}\n`;
}

/** For what makes a sandbox. */
async function withImage(
  name: string,
  options: TemplateOptions & { readonly image?: string },
  act: (sandboxes: Sandboxes) => Promise<number>,
): Promise<number> {
  const template = await findTemplate(options);
  if (options.image !== undefined || !needsImage(template.text)) return using(template, act);
  throw new UsageError(`${name} needs --image IMAGE: one of the images that the template allows`, HELP);
}

async function within(
  options: TemplateOptions,
  act: (sandboxes: Sandboxes) => Promise<number>,
): Promise<number> {
  return using(await findTemplate(options), act);
}

async function using(
  { text, namespace }: FoundTemplate,
  act: (sandboxes: Sandboxes) => Promise<number>,
): Promise<number> {
  const sandboxes = new Sandboxes({ template: text, namespace });
  try {
    return await act(sandboxes);
  } finally {
    await sandboxes.close();
  }
}

async function execute(
  sandbox: Sandbox,
  command: readonly string[],
  values: RunningValues,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const { stdin, stdout, stderr } = process;
  try {
    const how = {
      env: values.env && variablesOf(values.env),
      timeoutMs: values.timeout === undefined ? undefined : numberOf('timeout', values.timeout) * 1000,
      signal,
    };
    if (values.tty) return exitCodeOf(await atTerminal(sandbox, command, how), io.err);
    const handle = await sandbox.commands.start(command, {
      ...how,
      // A terminal is not read: a person who types wants to end the command, not to feed it.
      stdin: stdin.isTTY ? undefined : stdin,
    });
    return exitCodeOf(await pass(handle, { stdout, stderr }, values.raw), io.err);
  } catch (error) {
    const code = notStartedCode(error);
    if (code === undefined) throw error;
    io.err(`drydock: ${printable((error as Error).message)}\n`);
    return code;
  } finally {
    // Input without an end must not keep this program.
    if (!stdin.isTTY) stdin.destroy();
  }
}

function runValues(values: Partial<Record<'image' | 'cpu' | 'memory' | 'storage', string>>) {
  const { image, cpu, memory, storage: ephemeralStorage } = values;
  return JSON.parse(JSON.stringify({ image, cpu, memory, ephemeralStorage })) as Record<string, string>;
}

function parted(argv: readonly string[], usage: string) {
  const dashes = argv.indexOf('--');
  const command = dashes < 0 ? [] : argv.slice(dashes + 1);
  if (command.length === 0) throw new UsageError(`no command: drydock sandbox ${usage} -- CMD`, HELP);
  return { own: argv.slice(0, dashes), command };
}

function only(positionals: readonly string[], what: string): string {
  const [first, ...more] = positionals;
  if (first !== undefined && more.length === 0) return first;
  throw new UsageError(`expected ${what}`, HELP);
}

function placeOf(text = ''): { readonly id?: string; readonly path: string } {
  const match = /^([a-z0-9][a-z0-9-]*):(.+)/s.exec(text);
  return match ? { id: match[1], path: match[2]! } : { path: text };
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`--${name} takes a whole number of seconds, found "${text}"`, HELP);
}

function orphanTtlOf(text: string | undefined): number | 'none' | undefined {
  if (text === undefined || text === 'none') return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--orphan-ttl takes a whole number of seconds or none, found "${text}"`, HELP);
}

function rowOf({ id, state, createdAt, expiresAt, image }: SandboxSummary): string[] {
  const now = Date.now();
  const ends = expiresAt === undefined || state === 'finished' ? '-' : duration(expiresAt.getTime() - now);
  return [id, state, duration(now - createdAt.getTime()), ends, image].map(printable);
}

function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds / 3600)}h`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`;
}
