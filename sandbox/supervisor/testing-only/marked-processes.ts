import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** A variable for the environment of a command, by which everything that comes of it can be found. */
export function mark(): { readonly DRYDOCK_MARK: string } {
  return { DRYDOCK_MARK: randomBytes(8).toString('hex') };
}

/** The processes of this machine that live and have the mark. */
export function livingWith({ DRYDOCK_MARK }: { readonly DRYDOCK_MARK: string }): number[] {
  return livingWhere((folder) =>
    readFileSync(`${folder}/environ`, 'latin1').includes(`DRYDOCK_MARK=${DRYDOCK_MARK}`),
  );
}

/** The processes of this machine of which something holds, asked with their folder below /proc. */
export function livingWhere(holds: (folder: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return holds(`/proc/${pid}`);
      } catch {
        // It ended meanwhile, or is dead and has no memory any more.
        return false;
      }
    })
    .map(Number);
}

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
