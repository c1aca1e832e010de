import type { DeployEvent, OnEvent } from '../../deploy';
import { isLive, LiveScreen, type Terminal } from '../live-screen';
import type { Paint } from './colours';
import { toldTo } from './run-text';
import { RunTree } from './tree-text';

/** What a run is told to, and its end. */
export interface Told {
  readonly onEvent: OnEvent;
  /** @param isWell whether all that was waited for has become healthy */
  end(isWell: boolean): void;
}

/** Not faster than an eye follows, and not slower than a clock. */
const FRAME_MS = 80;
const CLOCK_MS = 1_000;

/** A tree that is drawn again in its place on a terminal; lines elsewhere. */
export function progressTo(tell: (text: string) => void, paint: Paint, terminal: Terminal | undefined): Told {
  return isLive(terminal) ? liveTree(tell, paint, terminal) : { onEvent: toldTo(tell, paint), end: () => {} };
}

function liveTree(tell: (text: string) => void, paint: Paint, terminal: Terminal): Told {
  const tree = new RunTree();
  const screen = new LiveScreen(tell, terminal);
  let frame: NodeJS.Timeout | undefined;
  const draw = (isLast: boolean) => {
    clearTimeout(frame);
    frame = undefined;
    // What is left in the end may be longer than the screen; what is drawn over must not be.
    screen.draw(tree.lines(paint, isLast ? undefined : screen.rows));
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
