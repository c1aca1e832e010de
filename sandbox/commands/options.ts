import { Readable } from 'node:stream';
import { shown } from '../../errors';
import { checkCounts, checkMs } from '../amounts';
import { checkOptions, invalid, type Place } from '../arguments';
import { SandboxError } from '../errors';
import { randomName } from '../template/random-name';
import { checkTerminalSize, type TerminalSize } from './terminal-size';

/** How a command is run. */
export interface RunOptions {
  /**
   * The folder it starts in; a relative one starts from the sandbox's working directory.
   * @default - the sandbox's working directory
   */
  readonly cwd?: string;
  /**
   * Environment variables beside those of the container; `undefined` removes one.
   * @default - none
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What the command reads.
   * @default - nothing: it finds the end of its input at once
   */
  readonly stdin?: string | Uint8Array | Readable;
  /**
   * When it and everything it started is ended, in milliseconds.
   * @default - never
   */
  readonly timeoutMs?: number;
  /** Ends it and everything it started. */
  readonly signal?: AbortSignal;
  /** Called with every piece of standard output as it comes. */
  readonly onStdout?: (bytes: Uint8Array) => void;
  /** Called with every piece of standard error as it comes. */
  readonly onStderr?: (bytes: Uint8Array) => void;
  /**
   * How much of each output is kept in the result. The command runs on beyond it.
   * @default 8388608
   */
  readonly maxOutputBytes?: number;
}

/** How a command is started. */
export interface StartOptions extends Omit<RunOptions, 'stdin'> {
  /**
   * What the command reads; `'pipe'` for what is written to the handle's `stdin`. At a terminal its end is Ctrl-D.
   * @default - nothing; with `pty`, 'pipe'
   */
  readonly stdin?: RunOptions['stdin'] | 'pipe';
  /**
   * Gives it a terminal of this size, as a shell or an editor wants: what it writes comes as one output, and Ctrl-C is
   * the byte 3 of its input. `TERM` is `xterm-256color` unless `env` or the container says something else.
   * @default - none
   */
  readonly pty?: TerminalSize;
  /**
   * Lets it outlive this program and its connection: `attach` finds it by its id, from here or from another program, as
   * long as the sandbox lives (see `orphanTtl`). It takes no input.
   * @default false
   */
  readonly detached?: boolean;
  /**
   * Of a detached command: its id, unique in the sandbox. Letters, digits, dots, dashes.
   * @default - random
   */
  readonly commandId?: string;
  /**
   * Of a detached command: how much of each output the sandbox keeps, in its memory. What is older is dropped, whether
   * it was read or not.
   * @default 1048576
   */
  readonly keepBytes?: number;
}

/** How a detached command is followed. */
export interface AttachCommandOptions
  extends Pick<RunOptions, 'signal' | 'onStdout' | 'onStderr' | 'maxOutputBytes'> {
  /**
   * How much of each output is there already: what is sent begins behind it.
   * @default - none of it
   */
  readonly offsets?: { readonly stdout?: number; readonly stderr?: number };
}

export const MAX_OUTPUT_BYTES = 8 << 20;

/** A terminal without input is no use. */
export function inputGiven({ stdin, pty }: StartOptions): StartOptions['stdin'] {
  return stdin ?? (pty && 'pipe');
}

const KINDS_OF_OPTIONS = {
  cwd: 'text',
  env: 'object',
  signal: 'signal',
  onStdout: 'function',
  onStderr: 'function',
  detached: 'flag',
  commandId: 'text',
} as const;
const KEEP_BYTES = 1 << 20;
/** What all that a sandbox keeps may take of its memory is its own matter; a command has its bound. */
const MOST_KEPT_BYTES = 64 << 20;

/** Throws ArgumentInvalid for what cannot be a command, before anything is sent. */
export function checkCommand(argv: readonly string[], options: StartOptions, sandboxId: string): void {
  const place = { where: `a command in sandbox ${sandboxId}`, sandboxId };
  const refuse = (found: string, expected: string): never => {
    const facts = {
      where: place.where,
      found,
      expected,
      remedy: 'correct the argument',
    };
    throw new SandboxError('ArgumentInvalid', facts, { sandboxId });
  };
  if (!Array.isArray(argv) || argv.length === 0 || argv[0] === '')
    refuse('no program', 'a program and its arguments');
  checkOptions(place, options, KINDS_OF_OPTIONS);
  checkInput(place, options.stdin);
  if (options.pty !== undefined) checkTerminalSize(place, 'pty', options.pty);
  for (const text of [...argv, options.cwd ?? '']) {
    if (!isText(text)) {
      refuse(shown(text), 'text without NUL and half characters');
    }
  }
  for (const [name, value] of Object.entries(options.env ?? {})) {
    const isGood = value === undefined || isText(value);
    if (!name || name.includes('=') || !isText(name) || !isGood) {
      refuse(`the variable ${JSON.stringify(name)}`, 'a name without "=", and text without NUL');
    }
  }
  checkMs(place, { timeoutMs: options.timeoutMs });
  checkCounts(place, { maxOutputBytes: options.maxOutputBytes });
}

/** What only a detached command has, each with its default. */
export function checkDetached(options: StartOptions, sandboxId: string): { id: string; keepBytes: number } {
  const place = { where: `a command in sandbox ${sandboxId}`, sandboxId };
  const { commandId = randomName('command'), keepBytes = KEEP_BYTES, stdin, pty } = options;
  checkCommandId(place, commandId);
  if (!Number.isInteger(keepBytes) || keepBytes < 1 || keepBytes > MOST_KEPT_BYTES)
    throw invalid(place, 'keepBytes', keepBytes, `a whole number from 1 to ${MOST_KEPT_BYTES}`);
  if (stdin !== undefined)
    throw invalid(place, 'stdin', 'input for a detached command', 'none: give it as a file');
  if (pty !== undefined)
    throw invalid(place, 'pty', 'a terminal for a detached command', 'none: what is typed needs a client');
  return { id: commandId, keepBytes };
}

export function checkCommandId(place: Place, commandId: unknown): void {
  if (typeof commandId === 'string' && /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/.test(commandId)) return;
  throw invalid(place, 'commandId', commandId, 'letters, digits, dots and dashes, at most 100');
}

/** Throws ArgumentInvalid for what cannot be followed. */
export function checkAttach(commandId: unknown, options: AttachCommandOptions, sandboxId: string): void {
  const place = { where: `commands.attach in sandbox ${sandboxId}`, sandboxId };
  checkCommandId(place, commandId);
  checkOptions(place, options, {
    signal: 'signal',
    onStdout: 'function',
    onStderr: 'function',
    offsets: 'object',
  });
  const { stdout, stderr } = options.offsets ?? {};
  checkCounts(place, {
    maxOutputBytes: options.maxOutputBytes,
    'offsets.stdout': stdout,
    'offsets.stderr': stderr,
  });
}

function checkInput(place: Place, stdin: unknown): void {
  if (stdin === undefined || typeof stdin === 'string') return;
  if (stdin instanceof Uint8Array || stdin instanceof Readable) return;
  throw invalid(place, 'stdin', stdin, 'a text, bytes or a stream');
}

/** Text that a program can be given: half a surrogate pair would arrive as something else, NUL would end it. */
function isText(text: unknown): text is string {
  return typeof text === 'string' && !text.includes('\0') && Buffer.from(text).toString('utf8') === text;
}
