import type { Job } from '../../imports/k8s';
import type { Stored } from '../../kube';
import { orphanMsOf } from '../claim/orphan-ttl';
import type { Place } from '../claim/place';
import type { PodWatch } from '../claim/pod-watch';
import type { ProgressTeller } from '../claim/progress';
import { start } from '../claim/start';
import { SandboxError } from '../errors';
import { openSession } from '../session/open-session';

/** Content by path, relative to the working directory. */
export type JobFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Where the command waits, and what opens it. A FIFO has a reader and a writer or nothing happens: no polling. While it
 * waits it can be told to end, since its files do not come when their client is killed.
 */
const GATE = '/tmp/.drydock-gate';
const WAIT =
  'trap "exit 143" TERM; u=$(umask); umask 077 && mkfifo "$0" && umask "$u" && read -r go <"$0" && [ "$go" = go ] && rm -f "$0" && exec "$@"';
/** The first exec can come before the gate is made. A gate whose reader does not come is given up by its time. */
const OPEN =
  'i=0; while [ ! -p "$0" ]; do i=$((i+1)); [ $i -gt 100 ] && exit 1; sleep 0.05; done; echo go >"$0"';
const openWithinMs = 15_000;

/** What the container runs: the command, and with files, be it none, a shell before it that waits until it may start. */
export function commandOfJob(command: readonly string[], files: JobFiles | undefined): string[] {
  // A shell without a command to become would be taken for a success.
  const isCommand = Array.isArray(command) && command.every((word) => typeof word === 'string');
  if (!isCommand || !command[0]) throw noCommand();
  return files ? ['sh', '-c', WAIT, GATE, ...command] : [...command];
}

/**
 * Puts the files in and lets the command start: once, since a gate that was opened is gone. Where the template says so,
 * the network is closed before, as for every command.
 */
export async function letStart(
  place: Place,
  job: Stored<Job>,
  watch: PodWatch,
  progress: ProgressTeller,
  files: JobFiles,
  signal: AbortSignal | undefined,
): Promise<void> {
  const id = job.metadata.name;
  const orphanMs = orphanMsOf('job');
  const session = await start({ place, job, watch, progress, signal }, (pod, ending, told) =>
    openSession({ place, job, pod, watch, endsWithSession: false, orphanMs }, ending, told),
  );
  try {
    for (const [path, content] of Object.entries(files)) await session.files.write(path, content, { signal });
    const opened = await session.commands.run(['sh', '-c', OPEN, GATE], { timeoutMs: openWithinMs, signal });
    if (opened.outcome === 'aborted') opened.orThrow();
    const isShut = opened.outcome === 'timedOut' || (opened.outcome === 'exited' && !opened.ok);
    // Any other end came with that of the container: a quick command has run already, and its log and outcome tell.
    if (isShut) throw notStarted(id, opened.stderr.text);
    // A goodbye that was not heard would end the Job like one whose files never came.
    await session.release();
  } finally {
    await session.close();
  }
}

function noCommand(): SandboxError {
  return new SandboxError('ArgumentInvalid', {
    where: 'job',
    found: 'a `command` without a program',
    expected: 'a program and its arguments',
    remedy: 'Say what is to run.',
  });
}

function notStarted(sandboxId: string, words: string): SandboxError {
  const facts = {
    where: `job ${sandboxId}`,
    found: words.trim().slice(0, 200) || 'a command that does not wait',
    expected: 'a command that starts when its files are there and the network is closed',
    remedy: 'Use an image with `sh`, `mkfifo` and `sleep`; the command did not run.',
  };
  return new SandboxError('StartFailed', facts, { sandboxId });
}
