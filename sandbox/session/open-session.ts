import type { Job, Pod } from '../../imports/k8s';
import { type Exec, exec, KubeError, type KubeErrorCode, onAbort, type Stored } from '../../kube';
import { fateOf, isEnding } from '../causes/fate';
import { deleteJob } from '../claim/delete-job';
import type { Place } from '../claim/place';
import type { PodWatch } from '../claim/pod-watch';
import type { StartNews } from '../claim/start';
import { type Commands, DirectCommands, type OpenExec, SupervisedCommands } from '../commands';
import { type Files, SupervisedFiles, UnsupportedFiles } from '../files';
import { TimedCommands } from '../metrics/timed-commands';
import {
  bootCommand,
  openSupervisor,
  type SandboxHost,
  type Supervisor,
  supervisorProgram,
} from '../supervisor';
import { lacksShell } from './missing-shell';
import { commandsWithOwnErrors, filesWithOwnErrors } from './own-errors';
import { cannotTry, untilClosed } from './until-closed';

/** What commands and files of a sandbox go through. */
export interface Session {
  readonly commands: Commands;
  readonly files: Files;
  readonly isSupervised: boolean;
  /** The stream to the supervisor; `undefined` without one. */
  readonly supervisor?: Supervisor;
  close(): Promise<void>;
  /** Ends what runs, like `close`, and rejects when it is not known that the sandbox lives on. */
  release(): Promise<void>;
}

export interface SessionOf {
  readonly place: Place;
  readonly job: Stored<Job>;
  readonly pod: Stored<Pod>;
  readonly watch: PodWatch;
  /**
   * Whether the sandbox goes when its session is lost: what runs in it is not known any more. Asked at that moment, as
   * one that is kept warm is nobody's to end until it is claimed.
   */
  readonly endsWithSession: boolean;
  /** How long the sandbox lives on when this program is gone without a word; `undefined` until its deadline. */
  readonly orphanMs: number | undefined;
}

/** Refusals of an exec that say "not yet", or nothing about the pod. */
const passing: ReadonlySet<KubeErrorCode> = new Set([
  'BAD_REQUEST',
  'SERVER_ERROR',
  'TOO_MANY_REQUESTS',
  'CONNECTION_LOST',
  'UNREACHABLE',
]);

/** A shell's status for SIGKILL. */
const KILLED = 137;

/**
 * A supervisor reads what it is sent, whatever its commands read: they have credit. So input that waits for longer than a
 * start may take is a connection that is gone, and no command that is slow.
 */
const LIVENESS = { inputStallMs: 60_000 } as const;

/**
 * Brings the supervisor in, and holds everything back until the network is closed. `undefined` while the container does
 * not run, or not any more: nothing was started then.
 */
export async function openSession(
  of: SessionOf,
  signal: AbortSignal,
  told: StartNews,
): Promise<Session | undefined> {
  const stream = await tryExec(of, signal, told);
  const supervisor = stream && (await supervisorOver(stream, of, signal, told));
  if (!supervisor) return undefined;
  told.entered();
  const { allowsOpenStart } = of.place;
  const id = of.job.metadata.name;
  if (supervisor === 'none') {
    if (allowsOpenStart) return directSession(of);
    throw cannotTry(id);
  }
  try {
    if (!allowsOpenStart) await untilClosed(supervisor, id, signal);
  } catch (error) {
    // With a goodbye: who only entered leaves the sandbox as it was.
    void supervisor.close();
    throw error;
  }
  const [commands, files] = [new SupervisedCommands(supervisor), new SupervisedFiles(supervisor)];
  return { ...sessionOf(of, commands, files, { isSupervised: true, end: supervisor }), supervisor };
}

/** `none` where the image has no place for a supervisor, `undefined` while the container does not run. */
async function supervisorOver(
  stream: Exec,
  of: SessionOf,
  signal: AbortSignal,
  told: StartNews,
): Promise<Supervisor | 'none' | undefined> {
  try {
    const opening = openSupervisor(stream, { host: hostOf(of), program: supervisorProgram, signal });
    // A stream is accepted before it is known whether there is a container; the first word comes from inside.
    stream.stdout?.once('data', () => told.runs());
    return await opening;
  } catch (error) {
    if (signal.aborted) throw error;
    const end = await stream.ended;
    // A container that ends takes the shell with it, mostly without a status: the pod knows why.
    const isCut = end.type === 'unknown' || (end.type === 'exited' && end.exitCode === KILLED);
    if (isCut && (await hostOf(of).fate())) return undefined;
    // A shell that is not there, or ended without becoming the supervisor: the image or the workspace has no place
    // for it. Any other failure says that the container does not run yet.
    if (end.type === 'exited' || (end.type === 'failed' && lacksShell(end.error.found))) return 'none';
    if (end.type === 'failed') {
      told.notYet(end.error);
      return undefined;
    }
    throw error;
  }
}

function directSession(of: SessionOf): Session {
  const { connection, namespace } = of.place;
  const { name: id } = of.job.metadata;
  const container = of.pod.spec?.containers[0]?.name;
  const open: OpenExec = (request) =>
    exec(connection, { namespace, pod: of.pod.metadata.name, container, ...request });
  const commands = new DirectCommands(open, hostOf(of));
  // Without a supervisor nothing waits for a goodbye.
  const end = { close: () => commands.close(), release: () => commands.close() };
  return sessionOf(of, commands, new UnsupportedFiles(id), { isSupervised: false, end });
}

function sessionOf(
  { place, job }: SessionOf,
  commands: Commands,
  files: Files,
  { isSupervised, end }: { readonly isSupervised: boolean; readonly end: Pick<Session, 'close' | 'release'> },
): Session {
  const { name: id } = job.metadata;
  return {
    commands: commandsWithOwnErrors(new TimedCommands(commands, place.metrics, id), id),
    files: filesWithOwnErrors(files, id),
    isSupervised,
    close: () => end.close(),
    release: () => end.release(),
  };
}

async function tryExec(
  { place, pod, watch, orphanMs }: SessionOf,
  signal: AbortSignal,
  told: StartNews,
): Promise<Exec | undefined> {
  const { connection, namespace } = place;
  const container = pod.spec?.containers[0]?.name;
  const command = bootCommand(pod.spec?.containers[0]?.workingDir, orphanMs);
  // The signal of the start ends the opening only: the stream lives on when the start is long over.
  const opening = new AbortController();
  const forget = onAbort(signal, () => opening.abort(signal.reason));
  try {
    const of = { namespace, pod: pod.metadata.name, container, command, stdin: true };
    return await exec(connection, { ...of, liveness: LIVENESS, signal: opening.signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof KubeError)) throw error;
    // A node that has not heard of its pod yet says that there is none; the watch knows better.
    if (passing.has(error.code) || (error.code === 'NOT_FOUND' && !isEnding(watch))) {
      told.notYet(error);
      return undefined;
    }
    throw error;
  } finally {
    forget();
  }
}

function hostOf(of: SessionOf): SandboxHost {
  const { place, job, watch } = of;
  const { name: id } = job.metadata;
  return {
    id,
    fate: () => fateOf(place, id, watch),
    destroy: async (reason) => {
      if (!of.endsWithSession) return;
      place.deletions.note(job.metadata, reason);
      await deleteJob(place, job);
    },
  };
}
