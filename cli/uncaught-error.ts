/**
 * Hears what a program prints and holds back what Node prints of an error that ends it: a line of source, a mark below
 * it, the error with its stack. All else passes at once.
 */
export class UncaughtErrorFilter {
  private held = '';

  /** What may be printed now. */
  hear(text: string): string {
    this.held += text;
    const start = startOf(this.held);
    const passes = this.held.slice(0, start);
    this.held = this.held.slice(start);
    return passes;
  }

  /** What was held back until the end. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }
}

/** `/app/main.ts:12`, a line of source, and `^` below it. */
const BLOCK = /^\S.*:\d+\r?\n[^\n]*\n[ \t]*\^+[ \t]*\r?$/m;
/** What may become one when more is heard: its first or its first two lines, or an unfinished third. */
const BEGIN = /^\S.*:\d+(\r?\n[^\n]*(\r?\n[ \t]*\^*)?)?$/;
const LAST_LINES = 3;

function startOf(text: string): number {
  const block = BLOCK.exec(text);
  if (block) return block.index;
  const lines = text.split('\n');
  let at = text.length;
  let start = text.length;
  for (const line of lines.slice(-LAST_LINES).reverse()) {
    at -= line.length;
    if (BEGIN.test(text.slice(at))) start = at;
    at -= 1;
  }
  return start;
}

/** An error that a program ended with, as Node printed it. */
export interface UncaughtError {
  readonly name: string;
  readonly message: string;
  /** The first line of the stack that is no code of a package or of Node: `/app/main.ts:12:5`. */
  readonly thrownAt?: string;
}

/** Reads what Node printed; `undefined` where there is no error in it. */
export function readUncaughtError(printed: string): UncaughtError | undefined {
  // Those of Node have a code beside the name: `TypeError [ERR_INVALID_ARG_TYPE]: ...`.
  const heading = /^(?:Uncaught )?(\w*Error)(?: \[\w+\])?: /m.exec(printed);
  if (!heading) return undefined;
  const said = printed.slice(heading.index + heading[0].length);
  const [message = ''] = said.split(/\n {4}at |\n\nNode\.js v/);
  const frames = [...said.matchAll(/^ {4}at (?:.*\()?(?:file:\/\/)?([^()\n]+:\d+:\d+)\)?/gm)];
  const thrownAt = frames.map(([, frame]) => frame as string).find((frame) => !isForeign(frame));
  const error = { name: heading[1] as string, message: message.trimEnd() };
  return thrownAt === undefined ? error : { ...error, thrownAt };
}

function isForeign(frame: string): boolean {
  return frame.startsWith('node:') || frame.includes('node_modules') || frame.includes(OWN_FOLDER);
}

/** Where this package lies: its own lines are no news to those who use it. */
const OWN_FOLDER = __dirname.replace(/[^/\\]+$/, '');
