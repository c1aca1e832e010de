import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(__dirname, '..');
/** What is between a program and the line that refuses it. */
const OURS = ['check', 'cli', 'constructs', 'core', 'errors', 'imports', 'kube', 'sandbox'];
/** Constructs in constructs: the program is further out than the ten frames that are kept else. */
const FRAMES = 60;

/** Keeps where the program is, at the cost of a few microseconds; it is made a text only where it is asked for. */
export function whereProgramIs(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  try {
    return new Error('kept for its stack');
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The line of the program that this library was called from, such as `main.ts:14`; none where it cannot be told. */
export function programLine({ stack = '' }: Error = whereProgramIs()): string | undefined {
  for (const frame of stack.split('\n').slice(1)) {
    const [, given, line] = /(?:^|[ (])((?:file:\/\/|\/|[A-Za-z]:\\)[^()]+?):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (given === undefined) continue;
    const file = given.startsWith('file://') ? fileURLToPath(given) : given;
    if (isProgram(file)) return `${nameOf(file)}:${line}`;
  }
  return undefined;
}

function isProgram(file: string): boolean {
  if (file.includes(`${path.sep}node_modules${path.sep}`)) return false;
  const [first = ''] = path.relative(ROOT, file).split(path.sep);
  return !OURS.includes(first) || file.endsWith('.test.ts');
}

/** As the person who runs the program would call it. */
function nameOf(file: string): string {
  const name = path.relative(process.cwd(), file);
  return name.startsWith('..') || path.isAbsolute(name) ? path.basename(file) : name;
}
