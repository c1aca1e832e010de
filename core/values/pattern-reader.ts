/**
 * Reads the part of regular expressions that Go's RE2 (helm), JavaScript (`parse`) and people all read alike: literals,
 * classes, groups, alternation and repetition. Whatever is read differently, or by one of them only, is refused.
 */

/** From one code point to another, both included. */
export type Range = readonly [from: number, to: number];

export interface PatternReading {
  /** Every character that the pattern can match; `undefined` where a class is of all but some. */
  readonly ranges: readonly Range[] | undefined;
}

/** Why a pattern is not one that all read alike. */
export class NotPortable extends Error {
  constructor(
    readonly found: string,
    readonly remedy: string,
  ) {
    super(found);
  }
}

/** What RE2 counts of nested repetitions. */
interface Counted {
  readonly times: number | undefined;
  readonly inner: readonly Counted[];
}

const MAX_REPEAT = 1000;
const MAX_DEPTH = 100;
const CLASSES: Readonly<Record<string, readonly Range[] | 'all others'>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  D: 'all others',
  W: 'all others',
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Reads what lies between the anchors. */
export function readPattern(body: string): PatternReading {
  return new PatternReader([...body]).read();
}

class PatternReader {
  private at = 0;
  private ranges: Range[] | undefined = [];

  constructor(private readonly chars: readonly string[]) {}

  read(): PatternReading {
    this.alternatives(0);
    if (this.at < this.chars.length) this.fail('")" without its "("', 'Write \\) for the character.');
    return { ranges: this.ranges };
  }

  private alternatives(depth: number): Counted[] {
    if (depth > MAX_DEPTH) this.fail(`more than ${MAX_DEPTH} groups in each other`, 'Write it simpler.');
    const counted: Counted[] = [];
    while (this.at < this.chars.length && this.peek() !== ')') {
      if (this.peek() !== '|') {
        counted.push(this.repeated(depth));
        continue;
      }
      if (depth === 0)
        this.fail('"|" outside of a group', 'The anchors hold for one alternative each; write ^(a|b)$.');
      this.at++;
    }
    return counted;
  }

  private repeated(depth: number): Counted {
    const inner = this.atom(depth);
    const counted = { times: this.repetition(), inner };
    if (!fits(counted, MAX_REPEAT))
      this.fail(
        'repetitions in each other',
        `Go's RE2 multiplies them, and takes at most ${MAX_REPEAT} in all; use + or * for one of them.`,
      );
    return counted;
  }

  private atom(depth: number): readonly Counted[] {
    const char = this.next();
    if (char === '[') this.readClass();
    else if (char === '(') return this.group(depth);
    else if (char === '\\') this.escape(false);
    else if (char === '.')
      this.fail('"."', 'Go and JavaScript differ on line ends; name the characters: [^\\n].');
    else if (char === '^' || char === '$') this.fail(`"${char}" inside`, 'Anchor the whole pattern only.');
    else if ('*+?{'.includes(char))
      this.fail(`"${char}" with nothing to repeat`, `Write \\${char} for the character.`);
    else if (']}'.includes(char)) this.fail(`"${char}" alone`, `Write \\${char} for the character.`);
    else this.add(char);
    return [];
  }

  private group(depth: number): readonly Counted[] {
    if (this.peek() === '?') {
      if (this.chars[this.at + 1] !== ':')
        this.fail(
          'a lookaround or a named group',
          'Helm checks with RE2, which has neither; use plain groups.',
        );
      this.at += 2;
    }
    const inner = this.alternatives(depth + 1);
    if (this.peek() !== ')') this.fail('"(" without its ")"', 'Write \\( for the character.');
    this.at++;
    return inner;
  }

  /** How often RE2 counts what comes before; `undefined` where it does not count. */
  private repetition(): number | undefined {
    const rest = this.chars.slice(this.at, this.at + 12).join('');
    const [all, low, high] = /^(?:[*+?]|\{(0|[1-9]\d{0,3})(?:,(|0|[1-9]\d{0,3}))?\})/.exec(rest) ?? [];
    if (all === undefined) {
      if (this.peek() === '{')
        this.fail(
          `a repetition "${rest.slice(0, 6)}"`,
          `Write {n} or {n,m} up to ${MAX_REPEAT}, and \\{ for a brace.`,
        );
      return undefined;
    }
    this.at += all.length;
    if (this.peek() === '?') this.at++;
    if (['*', '+', '?', '{'].includes(this.peek() ?? ''))
      this.fail('a repetition of a repetition', 'Put a group around the inner one.');
    if (low === undefined) return undefined;
    const [least, most] = [Number(low), high === '' ? Number(low) : Number(high ?? low)];
    if (least > MAX_REPEAT || most > MAX_REPEAT || least > most)
      this.fail(`a repetition "${all}"`, `Write {n} or {n,m} up to ${MAX_REPEAT}, the smaller number first.`);
    return most;
  }

  private readClass(): void {
    const isNegated = this.peek() === '^';
    if (isNegated) this.at++;
    if (this.peek() === ']')
      this.fail(
        '"]" as the first of a class',
        'For JavaScript the class ends there; write \\] for the character.',
      );
    for (let isFirst = true; this.peek() !== ']'; isFirst = false) {
      if (this.at >= this.chars.length) this.fail('"[" without its "]"', 'Write \\[ for the character.');
      this.classMember(isFirst);
    }
    this.at++;
    if (isNegated) this.ranges = undefined;
  }

  private classMember(isFirst: boolean): void {
    const from = this.classChar(isFirst);
    const isRange = this.peek() === '-' && this.chars[this.at + 1] !== ']';
    if (from === undefined || !isRange) {
      if (from !== undefined) this.add(from);
      return;
    }
    this.at++;
    const to = this.classChar(false);
    if (to === undefined || code(from) > code(to))
      this.fail(
        'a range without two ends in order',
        'Write the smaller character first, and \\- for a dash.',
      );
    this.ranges?.push([code(from), code(to)]);
  }

  /** One character of a class; `undefined` for an escape that stands for several. */
  private classChar(isFirst: boolean): string | undefined {
    const char = this.next();
    if (char === '\\') return this.escape(true);
    if (char === '[') this.fail('"[" inside a class', 'Write \\[ for the character.');
    if (char === '-' && !isFirst && this.peek() !== ']')
      this.fail('"-" inside a class', 'Write \\- for the character, or put it last.');
    return char;
  }

  /** What an escape stands for is added, unless it is a character of a class, which may begin a range. */
  private escape(isInClass: boolean): string | undefined {
    const escaped = this.next();
    const several = CLASSES[escaped];
    if (several === 'all others') this.ranges = undefined;
    else if (several) this.ranges?.push(...several);
    if (several) return undefined;
    const char = CONTROLS[escaped] ?? escaped;
    const isKnown =
      escaped in CONTROLS || '.*+?^$()[]{}|/\\'.includes(escaped) || (isInClass && escaped === '-');
    if (escaped === '' || !isKnown)
      this.fail(
        `"\\${escaped}"`,
        'Go and JavaScript read it differently, or one of them not at all; write the character, or a class.',
      );
    if (!isInClass) this.add(char);
    return char;
  }

  private add(char: string): void {
    this.ranges?.push([code(char), code(char)]);
  }

  private peek(): string | undefined {
    return this.chars[this.at];
  }

  private next(): string {
    return this.chars[this.at++] ?? '';
  }

  private fail(found: string, remedy: string): never {
    throw new NotPortable(found, remedy);
  }
}

/** RE2's own rule (`repeatIsValid`): what is repeated so often may be repeated inside by the rest only. */
function fits({ times, inner }: Counted, most: number): boolean {
  if (times === undefined) return inner.every((one) => fits(one, most));
  if (times === 0) return true;
  return times <= most && inner.every((one) => fits(one, Math.floor(most / times)));
}

function code(char: string): number {
  return char.codePointAt(0) as number;
}
