import { Readable } from 'node:stream';
import { shown } from '../../errors';
import { checkCounts, checkMs } from '../amounts';
import { checkOptions, invalid, type Place } from '../arguments';
import { SandboxError } from '../errors';

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
   * What the command reads; `'pipe'` for what is written to the handle's `stdin`.
   * @default - nothing
   */
  readonly stdin?: RunOptions['stdin'] | 'pipe';
}

export const MAX_OUTPUT_BYTES = 8 << 20;

const KINDS_OF_OPTIONS = {
  cwd: 'text',
  env: 'object',
  signal: 'signal',
  onStdout: 'function',
  onStderr: 'function',
} as const;

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

function checkInput(place: Place, stdin: unknown): void {
  if (stdin === undefined || typeof stdin === 'string') return;
  if (stdin instanceof Uint8Array || stdin instanceof Readable) return;
  throw invalid(place, 'stdin', stdin, 'a text, bytes or a stream');
}

/** Text that a program can be given: half a surrogate pair would arrive as something else, NUL would end it. */
function isText(text: unknown): text is string {
  return typeof text === 'string' && !text.includes('\0') && Buffer.from(text).toString('utf8') === text;
}
