import type { Job, Pod } from '../imports/k8s';
import { type Exec, exec, KubeError, type KubeErrorCode, type Stored } from '../kube';
import { fateOf } from './causes/fate';
import { deleteJob } from './claim/create-job';
import type { PodWatch } from './claim/pod-watch';
import { type Commands, SupervisedCommands } from './commands';
import { TimedCommands } from './metrics/timed-commands';
import type { Place } from './place';
import { bootCommand, openSupervisor, type SandboxHost, supervisorProgram } from './supervisor';

/** What commands and files of a sandbox go through. */
export interface Session {
  readonly commands: Commands;
  readonly isSupervised: boolean;
  close(): Promise<void>;
}

export interface SessionOf {
  readonly place: Place;
  readonly job: Stored<Job>;
  readonly pod: Stored<Pod>;
  readonly watch: PodWatch;
}

/** Refusals of an exec that say "not yet", or nothing about the pod. */
const passing: ReadonlySet<KubeErrorCode> = new Set([
  'BAD_REQUEST',
  'SERVER_ERROR',
  'TOO_MANY_REQUESTS',
  'CONNECTION_LOST',
  'UNREACHABLE',
]);

/** Brings the supervisor in. `undefined` while the container does not run yet: nothing was started then. */
export async function openSession(of: SessionOf, signal: AbortSignal): Promise<Session | undefined> {
  const stream = await tryExec(of, signal);
  if (!stream) return undefined;
  try {
    const supervisor = await openSupervisor(stream, { host: hostOf(of), program: supervisorProgram, signal });
    const commands = new TimedCommands(new SupervisedCommands(supervisor), of.place.metrics);
    return { commands, isSupervised: true, close: () => supervisor.close() };
  } catch (error) {
    if (signal.aborted) throw error;
    const end = await stream.ended;
    if (end.type === 'failed' && !lacksProgram(end.error)) return undefined;
    throw error;
  }
}

async function tryExec({ place, pod }: SessionOf, signal: AbortSignal): Promise<Exec | undefined> {
  const { connection, namespace } = place;
  const container = pod.spec?.containers[0]?.name;
  const command = bootCommand(pod.spec?.containers[0]?.workingDir);
  try {
    // Not under the signal of the start: it would end the stream later, when the start is long over.
    return await exec(connection, { namespace, pod: pod.metadata.name, container, command, stdin: true });
  } catch (error) {
    if (signal.aborted || !(error instanceof KubeError) || !passing.has(error.code)) throw error;
    return undefined;
  }
}

/** The runtime's words for a program that is not there, or may not be run. */
function lacksProgram({ found }: KubeError): boolean {
  return /executable file not found|no such file or directory|permission denied|OCI runtime exec failed/i.test(
    found,
  );
}

export function hostOf({ place, job, watch }: SessionOf): SandboxHost {
  const { connection, namespace } = place;
  const { name: id } = job.metadata;
  return {
    id,
    fate: () => fateOf(connection, namespace, id, watch),
    destroy: () => deleteJob(connection, job),
  };
}
