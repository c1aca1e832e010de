import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** As much is read between two collections. */
const collectEveryBytes = 2 << 20;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | undefined;
let readBytes = 0;

/**
 * Told of everything that streams read, so that buffers that were read and dropped do not pile up. They live outside of
 * the JavaScript heap, which hardly grows meanwhile, so V8 by itself lets 32 MiB of young ones lie before it looks.
 * Half a millisecond for every two MiB keeps that at a few; whatever is still in use stays, and the old generation, be it
 * large, is not looked through.
 */
export function collectWhatWasRead(bytes: number): void {
  readBytes += bytes;
  if (readBytes < collectEveryBytes) return;
  readBytes = 0;
  collect ??= (globalThis.gc as Collect | undefined) ?? minorCollection();
  collect({ type: 'minor' });
}

/** V8 hands its collector to contexts that are made while the flag is set. */
function minorCollection(): Collect {
  setFlagsFromString('--expose-gc');
  const collector = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return collector;
}
