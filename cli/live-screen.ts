/** As much of a terminal as is needed to draw on one. One that nobody has told its size says 0. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Whether lines can be drawn over on it. */
export function isLive(terminal: Terminal | undefined): terminal is Terminal {
  return terminal?.isTTY === true && process.env.TERM !== 'dumb';
}

/** Lines that are drawn again in their place on a terminal. */
export class LiveScreen {
  #drawn = 0;

  constructor(
    private readonly tell: (text: string) => void,
    private readonly terminal: Terminal,
  ) {}

  /** How many lines can be drawn over: those that have left the screen cannot. */
  get rows(): number {
    return Math.max(2, (this.terminal.rows || 24) - 1);
  }

  draw(given: readonly string[]): void {
    const lines = given.map((line) => cut(line, (this.terminal.columns || 80) - 1));
    if (this.#drawn === 0 && lines.length === 0) return;
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r`;
    this.tell(`${up}\u001b[J${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }
}

/** A line that wrapped would be two, and what is drawn next would be one too low. Colours take no room. */
export function cut(line: string, columns: number): string {
  let room = columns;
  let result = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: each part is a colour, which begins with one, or a character
  for (const part of line.match(/\u001b\[\d+m|[\s\S]/gu) ?? []) {
    const isColour = part.startsWith('\u001b');
    if (!isColour) room -= isWide(part) ? 2 : 1;
    if (room >= 0 || isColour) result += part;
  }
  return result;
}

function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
    character,
  );
}
