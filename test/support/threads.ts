import { readdirSync, readFileSync } from 'node:fs';

/** The states of the threads of a process. The first one may have ended long before the others. */
function threadStates(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map(
    (thread) => /\) (\S)/.exec(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))![1]!,
  );
}

/** Whether a process was stopped. The signal reaches its threads one by one, and one that was about to read still does. */
export function standsStill(pid: number): boolean {
  return threadStates(pid).every((state) => state === 'T');
}

/** Whether all of a process has ended, and with it what it had open, though its parent was not told yet. */
export function hasEnded(pid: number): boolean {
  return threadStates(pid).every((state) => state === 'Z' || state === 'X');
}
