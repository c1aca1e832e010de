import type { Readable } from 'node:stream';
import { BUSYBOX_IMAGE, until } from '../../../cluster';
import type { Container, Pod, PodSpec } from '../../../imports/k8s';
import { type Connection, create, type Exec, exec, get } from '../../../kube';
import { pods } from '../../../kube/testing-only/real-pod';

/** Where the attack program lies in an open pod. */
export const ATTACK = '/tmp/attack';

export interface Run {
  /** Undefined for an end that nobody explained. */
  readonly code: number | undefined;
  readonly output: Buffer;
}

/** A pod that keeps its tenant from nothing: root, every capability, the processes and addresses of its node. */
export const PRIVILEGED: OpenPodProps = {
  spec: { hostPID: true },
  container: { securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0 } },
};

export interface OpenPodProps {
  readonly command?: readonly string[];
  readonly spec?: Partial<PodSpec>;
  readonly container?: Partial<Container>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod beside the sandboxes, as open as a test makes it: the control of its attempts. */
export class OpenPod {
  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
    readonly name: string,
  ) {}

  /** Creates it and waits until it runs. */
  async start({ command = ['sleep', '3600'], spec, container, labels }: OpenPodProps = {}): Promise<this> {
    const main: Container = { name: 'main', image: BUSYBOX_IMAGE, command: [...command], ...container };
    await create<Pod>(this.connection, pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: this.name, namespace: this.namespace, labels: { ...labels } },
      spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, ...spec, containers: [main] },
    });
    await until(`the pod ${this.name} to run`, async () => (await this.read()).status?.phase === 'Running', {
      withinMs: 90_000,
    });
    return this;
  }

  read(): Promise<Pod> {
    return get(this.connection, pods, { namespace: this.namespace, name: this.name });
  }

  async address(): Promise<string> {
    return (await this.read()).status?.podIP ?? '';
  }

  open(command: readonly string[], stdin = false): Promise<Exec> {
    return exec(this.connection, {
      namespace: this.namespace,
      pod: this.name,
      command,
      stdin,
      stderr: false,
    });
  }

  /** A naive reader: keeps all that comes, however much it is. */
  async run(command: readonly string[], input?: Buffer): Promise<Run> {
    const opened = await this.open(command, input !== undefined);
    opened.stdin?.end(input);
    const output = await allOf(opened.stdout!);
    const end = await opened.ended;
    return { code: end.type === 'exited' ? end.exitCode : undefined, output };
  }

  shell(script: string): Promise<Run> {
    return this.run(['sh', '-c', script]);
  }

  async giveAttackProgram(program: Buffer): Promise<this> {
    const { code } = await this.run(['sh', '-c', `cat >${ATTACK} && chmod 755 ${ATTACK}`], program);
    if (code !== 0) throw new Error(`the attack program did not get into ${this.name}`);
    return this;
  }
}

export async function allOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
