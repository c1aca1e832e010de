import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { type Fault, faultProxy } from '../../../kube/testing-only/fault-proxy';
import type { ScriptedServer, Seen } from '../../../kube/testing-only/scripted-server';

const NONE: Fault = { kind: 'none' };
const LEASE = /\/namespaces\/default\/leases\/drydock-gitops$/;

interface Kubeconfig {
  readonly clusters: ReadonlyArray<{
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }>;
  readonly users: ReadonlyArray<{
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }>;
}

/** The way of one controller to its API server: what it asks for can be counted, held up, and answered badly. */
export class Way {
  /** What happens to a request; asked for each. */
  meddle: (seen: Seen) => Fault = () => NONE;
  /** When it last said that it leads. */
  ledAt = 0;

  static async to(kubeconfig: string): Promise<Way> {
    const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    const [{ cluster }, { user }] = [clusters[0]!, users[0]!];
    const bytes = (text: string) => Buffer.from(text, 'base64');
    const agent = new Agent({
      keepAlive: true,
      ca: bytes(cluster['certificate-authority-data']),
      cert: bytes(user['client-certificate-data']),
      key: bytes(user['client-key-data']),
    });
    const way: { is?: Way } = {};
    const proxy = await faultProxy({ url: cluster.server, agent }, (seen) => way.is!.#next(seen));
    way.is = new Way(proxy, agent);
    return way.is;
  }

  private constructor(
    private readonly proxy: ScriptedServer,
    private readonly agent: Agent,
  ) {}

  /** Names no credentials: those of the administrator are added on the way. */
  get kubeconfig(): string {
    return JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'way' },
      clusters: [{ name: 'way', cluster: { server: this.proxy.url } }],
      users: [{ name: 'way', user: {} }],
      contexts: [{ name: 'way', context: { cluster: 'way', user: 'way' } }],
    });
  }

  async close(): Promise<void> {
    await this.proxy.close();
    this.agent.destroy();
  }

  #next(seen: Seen): Fault {
    if (LEASE.test(seen.path)) {
      if (seen.method !== 'GET') this.ledAt = performance.now();
      return NONE;
    }
    return this.meddle(seen);
  }
}

/** Whether it changes something: questions by POST do not. */
export const isWrite = ({ method, path }: Seen): boolean => method !== 'GET' && !path.includes('reviews');
