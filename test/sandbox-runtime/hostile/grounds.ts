import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Cluster, until } from '../../../cluster';
import type { JsonObject } from '../../../core/template';
import type { Pod } from '../../../imports/k8s';
import { Connection, get } from '../../../kube';
import { pods } from '../../../kube/testing-only/real-pod';
import type { Sandbox, Sandboxes } from '../../../sandbox';
import { RuntimeInstallation } from '../runtime';
import { buildAttackProgram } from './attack-program';
import { ATTACK, OpenPod, type OpenPodProps, PRIVILEGED } from './open-pod';

/** How many processes the kubelet lets a sandbox have here. */
export const PIDS = 256;
/** Where the attack program lies in a sandbox. */
export const ATTACK_IN_SANDBOX = '/workspace/attack';
/** Where cloud machines tell about themselves. Here a listener of ours does. */
const METADATA = '169.254.169.254';
/** In seconds; the grounds are gone long before. */
const TTL = 900;

/** Serves one page. */
function listen(at: string, page: string): string {
  return `mkdir -p /tmp/www && echo '${page}' >/tmp/www/index.html && exec httpd -f -p ${at} -h /tmp/www`;
}

/** What the attempts aim at. */
export interface Targets {
  readonly metadata: string;
  readonly node: string;
  /** A pod of somebody else, and its Service. */
  readonly pod: string;
  readonly service: string;
  /** Another sandbox, which listens. */
  readonly sandbox: string;
}

/** A namespace for open pods on one cluster. */
class OpenNamespace {
  readonly connection: Connection;
  readonly name = `open-${randomBytes(3).toString('hex')}`;

  constructor(private readonly cluster: Cluster) {
    this.connection = new Connection({ kubeconfig: cluster.kubeconfig });
  }

  async create(): Promise<this> {
    await this.cluster.kubectl(['create', 'namespace', this.name]);
    // Pods are refused until the namespace has its account.
    const account = ['wait', '--for=create', 'serviceaccount/default', '--timeout=30s'];
    await this.cluster.kubectl(['-n', this.name, ...account]);
    return this;
  }

  pod(name: string, props: OpenPodProps): Promise<OpenPod> {
    return new OpenPod(this.connection, this.name, name).start(props);
  }

  async remove(): Promise<void> {
    await this.cluster.kubectl(['delete', 'namespace', this.name, '--wait=false', '--ignore-not-found']);
    this.connection.close();
  }
}

/** An installation of CI-fixer with sandboxes in it, and open pods beside them. */
export class Grounds {
  /** A folder of this machine for what naive readers write. */
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-hostile-'));
  readonly installation: RuntimeInstallation;
  sandboxes!: Sandboxes;
  /** For attempts that leave their sandbox as it was. */
  sandbox!: Sandbox;
  /** Another tenant, who must notice nothing. */
  neighbour!: Sandbox;
  /** Nothing is forbidden in it. */
  open!: OpenPod;
  targets!: Targets;
  readonly program: Buffer = buildAttackProgram();
  /** As the administrator of the cluster. */
  readonly connection: Connection;
  private readonly namespaces: OpenNamespace[] = [];

  /**
   * @param cluster where the kubelet limits the processes of a pod to `PIDS`
   * @param unlimited where it does not
   */
  constructor(
    readonly cluster: Cluster,
    private readonly unlimited: () => Promise<Cluster>,
  ) {
    this.installation = new RuntimeInstallation(cluster);
    this.connection = new Connection({ kubeconfig: cluster.kubeconfig });
  }

  async prepare(): Promise<this> {
    const [, beside] = await Promise.all([this.installation.install(), this.namespaceOn(this.cluster)]);
    this.sandboxes = this.installation.sandboxes();
    const { container } = PRIVILEGED;
    const [sandbox, neighbour, open, listener] = await Promise.all([
      this.claim({ cpu: '500m', memory: '256Mi', ephemeralStorage: '512Mi' }),
      this.claim(),
      beside.pod('open', PRIVILEGED).then((pod) => pod.giveAttackProgram(this.program)),
      beside.pod('listener', {
        command: ['sh', '-c', listen('8080', 'the page of another pod')],
        labels: { app: 'listener' },
      }),
      beside.pod('metadata', {
        command: [
          'sh',
          '-c',
          `ip addr add ${METADATA}/32 dev lo; ${listen(`${METADATA}:80`, 'keys of the cloud')}`,
        ],
        spec: { hostNetwork: true },
        container,
      }),
    ]);
    this.sandbox = sandbox;
    this.neighbour = neighbour;
    this.open = open;
    await neighbour.commands.start(['sh', '-c', listen('8080', 'the page of another sandbox')]);
    const expose = ['-n', beside.name, 'expose', 'pod', 'listener', '--port=80', '--target-port=8080'];
    await this.cluster.kubectl(expose);
    const service = ['-n', beside.name, 'get', 'service', 'listener', '-o', 'jsonpath={.spec.clusterIP}'];
    const { stdout: serviceAddress } = await this.cluster.kubectl(service);
    this.targets = {
      metadata: METADATA,
      node: this.cluster.nodeAddress(),
      pod: `${await listener.address()}:8080`,
      service: `${serviceAddress}:80`,
      sandbox: `${await this.addressOf(neighbour)}:8080`,
    };
    return this.untilListened();
  }

  /** A sandbox with the attack program in it. */
  async claim(values: JsonObject = {}): Promise<Sandbox> {
    const sandbox = await this.sandboxes.claim({ values: this.installation.run(values), ttl: TTL });
    await sandbox.files.write(ATTACK_IN_SANDBOX, this.program, { mode: 0o755 });
    return sandbox;
  }

  /** A pod with nothing but a cap on what it uses, on the cluster of the sandboxes. */
  async cappedPod(name: string, limits: Readonly<Record<string, string>>): Promise<OpenPod> {
    const pod = await this.namespaces[0]!.pod(name, { container: { resources: { limits } } });
    return pod.giveAttackProgram(this.program);
  }

  /** A pod on a node whose kubelet does not limit processes. */
  async unlimitedPod(): Promise<OpenPod> {
    const pod = await (await this.namespaceOn(await this.unlimited())).pod('unlimited', {});
    return pod.giveAttackProgram(this.program);
  }

  async remove(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await this.sandboxes?.close();
    await Promise.all(this.namespaces.map((namespace) => namespace.remove()));
    await this.installation.remove();
    this.connection.close();
  }

  private async namespaceOn(cluster: Cluster): Promise<OpenNamespace> {
    const namespace = new OpenNamespace(cluster);
    this.namespaces.push(namespace);
    return namespace.create();
  }

  private async addressOf({ podName, namespace }: Sandbox): Promise<string> {
    const pod: Pod = await get(this.connection, pods, { namespace, name: podName });
    return pod.status?.podIP ?? '';
  }

  /** A listener that does not listen yet would make every attempt fail. */
  private async untilListened(): Promise<this> {
    const { metadata, pod, service } = this.targets;
    for (const target of [metadata, pod, service]) {
      await until(`${target} to answer an open pod`, async () => {
        return (await this.open.run([ATTACK, 'get', target])).code === 0;
      });
    }
    await until('the neighbour to listen', async () => {
      return (await this.neighbour.commands.run([ATTACK_IN_SANDBOX, 'get', '127.0.0.1:8080'])).ok;
    });
    return this;
  }
}
