import { evaluate, type Inputs, treeOf } from '../../../core/template';
import type { Pod, PodSpec } from '../../../imports/k8s';
import { type Connection, create, type Exec, exec, resource, watch } from '../../../kube';
import { type SandboxPodProps, sandboxPod } from '../../spec/pod';
import { bootCommand } from '../boot';
import { openSupervisor } from '../open-supervisor';
import { supervisorProgram } from '../program';
import type { Supervisor } from '../supervisor';
import { localProgram, WatchedHost } from './local-supervisor';

export const pods = resource<Pod>('v1', 'Pod');

const amounts = { cpu: '500m', memory: '256Mi', ephemeralStorage: '1Gi', workspaceSize: '600Mi' };

/** A pod as the sandbox template has it, without its Job; waits until it runs. */
export async function runSandboxPod(
  connection: Connection,
  name: string,
  image: string,
  props: Partial<SandboxPodProps> = {},
): Promise<void> {
  const command = ['sleep', '3600'];
  const tree = sandboxPod({ serviceAccountName: 'default', image, command, ...amounts, ...props }, 3600);
  const nothing = { values: new Map(), builtins: {} } as unknown as Inputs;
  const spec = evaluate(treeOf(tree), nothing) as unknown as PodSpec;
  await create(connection, pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  const watching = watch(connection, pods, { name, signal: AbortSignal.timeout(120_000) });
  try {
    for (;;) {
      const { value, done } = await watching.next();
      if (done) throw new Error(`the watch on ${name} ended`);
      if (value.type !== 'synced' && value.object.status?.phase === 'Running') return;
    }
  } finally {
    watching.close();
  }
}

export interface PodSupervisor {
  readonly supervisor: Supervisor;
  readonly host: WatchedHost;
  readonly stream: Exec;
}

/** The supervisor, sent into a pod that runs. */
export async function podSupervisor(connection: Connection, pod: string): Promise<PodSupervisor> {
  localProgram();
  const host = new WatchedHost();
  const stream = await exec(connection, { pod, command: bootCommand(), stdin: true });
  const supervisor = await openSupervisor(stream, { host, program: supervisorProgram });
  return { supervisor, host, stream };
}
