import type { DeployEvent, OnEvent } from '../../deploy';
import type { Paint } from './colours';
import { toldTo } from './run-text';
import { RunTree } from './tree-text';

/** What a run is told to, and its end. */
export interface Told {
  readonly onEvent: OnEvent;
  /** @param isWell whether all that was waited for has become healthy */
  end(isWell: boolean): void;
}

/** As much of a terminal as is needed to draw on one. One that nobody has told its size says 0. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Not faster than an eye follows, and not slower than a clock. */
const FRAME_MS = 80;
const CLOCK_MS = 1_000;

/** A tree that is drawn again in its place on a terminal; lines elsewhere. */
export function progressTo(tell: (text: string) => void, paint: Paint, terminal: Terminal | undefined): Told {
  const isLive = terminal?.isTTY === true && process.env.TERM !== 'dumb';
  return isLive ? liveTree(tell, paint, terminal) : { onEvent: toldTo(tell, paint), end: () => {} };
}

function liveTree(tell: (text: string) => void, paint: Paint, terminal: Terminal): Told {
  const tree = new RunTree();
  let drawn = 0;
  let frame: NodeJS.Timeout | undefined;
  const draw = (isLast: boolean) => {
    clearTimeout(frame);
    frame = undefined;
    // What is left in the end may be longer than the screen; what is drawn over must not be.
    const rows = isLast ? undefined : Math.max(2, (terminal.rows || 24) - 1);
    const lines = tree.lines(paint, rows).map((line) => cut(line, (terminal.columns || 80) - 1));
    if (drawn === 0 && lines.length === 0) return;
    const up = drawn === 0 ? '' : `\u001b[${drawn}A\r`;
    tell(`${up}\u001b[J${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const clock = setInterval(() => draw(false), CLOCK_MS);
  clock.unref();
  return {
    onEvent: (event: DeployEvent) => {
      tree.heard(event);
      frame ??= setTimeout(() => draw(false), FRAME_MS);
    },
    end: (isWell) => {
      clearInterval(clock);
      if (isWell) tree.finished();
      draw(true);
    },
  };
}

/** A line that wrapped would be two, and the next tree would be drawn one too low. Colours take no room. */
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
