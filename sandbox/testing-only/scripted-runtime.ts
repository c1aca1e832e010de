import { verbatim } from '../../core/template';
import type { Job } from '../../imports/k8s';
import type { Seen } from '../../kube/testing-only/scripted-server';
import { SandboxError } from '../errors';
import type { SandboxesOptions } from '../options';
import { Sandboxes } from '../sandboxes';
import type { DescribedSandbox } from '../template/template-source';
import { type Fault, ScriptedCluster, type ScriptedClusterOptions } from './scripted-cluster';
import { toldWhole } from './told-whole';

interface Run {
  readonly name: string;
  readonly deadlineSeconds: number;
  readonly command: readonly string[];
}

const labels = { 'app.kubernetes.io/name': 'sandbox', 'app.kubernetes.io/managed-by': 'cdk8s-drydock' };

/** As little as a Job can be; what a real template says is no matter of the runtime. */
export const template: DescribedSandbox<Run> = {
  bounds: {},
  // Its containers are processes of this machine, whose network nothing closes.
  allowsOpenStart: () => true,
  job: ({ run }) =>
    ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: run.name, namespace: 'boxes', labels },
      spec: {
        activeDeadlineSeconds: run.deadlineSeconds ?? 600,
        template: {
          spec: {
            containers: [
              { name: 'sandbox', image: 'tools:1', command: run.command?.map((word) => verbatim(word)) },
            ],
          },
        },
      },
    }) satisfies Job,
};

/** The runtime over a scripted cluster. */
export interface ScriptedRuntime {
  readonly cluster: ScriptedCluster;
  readonly sandboxes: Sandboxes<Run>;
  /** Another program on the same cluster. */
  open(options?: Partial<SandboxesOptions<Run>>): Sandboxes<Run>;
  /** Ends both, whatever state they are in. */
  end(): Promise<void>;
}

export async function scriptedRuntime(
  options: ScriptedClusterOptions = {},
  more: Partial<SandboxesOptions<Run>> = {},
): Promise<ScriptedRuntime> {
  const cluster = await ScriptedCluster.start(options);
  const { kubeconfig } = cluster;
  const opened: Sandboxes<Run>[] = [];
  const open = (given: Partial<SandboxesOptions<Run>> = {}) => {
    const one = new Sandboxes<Run>({ template, namespace: 'boxes', kubeconfig, ...given });
    opened.push(one);
    return one;
  };
  const sandboxes = open(more);
  const end = async () => {
    // What a test left open, and cannot be asked for any more, is no matter of it.
    await Promise.all(opened.map((one) => one.close().catch(() => {})));
    await cluster.close();
  };
  return { cluster, sandboxes, open, end };
}

/** A fault for the first requests of a method. */
export function first(method: string, fault: Fault, times = 1): (seen: Seen) => Fault | undefined {
  let left = times;
  return (seen) => {
    if (seen.method !== method || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

/** The error of the runtime that a promise must reject with. */
export async function refusal(work: Promise<unknown>): Promise<SandboxError> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SandboxError);
  return toldWhole(error as SandboxError);
}
