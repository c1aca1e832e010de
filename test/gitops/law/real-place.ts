import { PART_OF } from '../../../deploy/inventory/names';
import { Connection, create, KubeError, type KubeObject, list, patch, remove, resource } from '../../../kube';
import { type Relay, relayTo } from '../../support/relay';
import { Account } from './account';

interface ConfigMap extends KubeObject {
  readonly data?: { readonly x?: string };
}
export const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const namespaces = resource('v1', 'Namespace');
const jobs = resource('batch/v1', 'Job');
const leases = resource('coordination.k8s.io/v1', 'Lease');

/** Each namespace has one, from the controllers of Kubernetes. */
const OF_KUBERNETES = 'kube-root-ca.crt';
const LONG_AGO = '2000-01-01T00:00:00.000000Z';

/** A real API server as one schedule has it: a namespace of its own, accounts of its own, and a way there that can be cut. */
export class RealPlace {
  #account: Account | undefined;
  /** Watches may not have told yet of what was done by hand. */
  isUnseen = false;
  isAway = false;

  /** @param kubeconfig of an administrator */
  static async begin(kubeconfig: string, namespace: string): Promise<RealPlace> {
    const admin = new Connection({ kubeconfig, namespace });
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    // One API server may be two of the clusters.
    await create(admin, namespaces, object).catch(unless('ALREADY_EXISTS'));
    return new RealPlace(admin, await relayTo(Number(admin.server.port)));
  }

  private constructor(
    readonly admin: Connection,
    private readonly relay: Relay,
  ) {}

  /** Where the controller finds it. */
  get origin(): string {
    return `https://127.0.0.1:${this.relay.port}`;
  }

  async maps(): Promise<Readonly<Record<string, string>>> {
    const { items } = await list(this.admin, configMaps);
    const all = items.filter(({ metadata }) => metadata.name !== OF_KUBERNETES);
    return Object.fromEntries(all.map(({ metadata, data }) => [metadata.name, data?.x ?? ''] as const));
  }

  async plant(name: string, x: string): Promise<void> {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { x } };
    await create(this.admin, configMaps, object, { fieldManager: 'somebody' });
  }

  async edit(name: string, x: string): Promise<void> {
    this.isUnseen = true;
    await patch(
      this.admin,
      configMaps,
      { name },
      { merge: { data: { x } } },
      { fieldManager: 'kubectl-edit' },
    );
  }

  async remove(name: string): Promise<void> {
    this.isUnseen = true;
    await remove(this.admin, configMaps, { name }).catch(unless('NOT_FOUND'));
  }

  setAway(isAway: boolean): void {
    this.isAway = isAway;
    this.relay.setAway(isAway);
  }

  async hasJob(): Promise<boolean> {
    return (await list(this.admin, jobs)).items.length > 0;
  }

  async expireLeases(): Promise<void> {
    const merge = { spec: { renewTime: LONG_AGO } };
    for (const { metadata } of (await list(this.admin, leases)).items)
      await patch(this.admin, leases, { name: metadata.name }, { merge }).catch(unless('NOT_FOUND'));
  }

  /** Another account, which is handed out before the one of now is deleted. */
  async rotate(as: string, handOut: (kubeconfig: string) => Promise<void>): Promise<void> {
    const before = this.#account;
    this.#account = await Account.make(this.admin, as);
    await handOut(await this.#account.kubeconfig(this.origin));
    await before?.delete();
  }

  async close(): Promise<void> {
    // Whoever watches all namespaces is not to be told of what is left.
    for (const { metadata } of (await list(this.admin, configMaps, { labelSelector: PART_OF })).items)
      await remove(this.admin, configMaps, { name: metadata.name }).catch(unless('NOT_FOUND'));
    await this.#account?.delete();
    this.admin.close();
    await this.relay.close();
  }
}

const unless =
  (code: KubeError['code']) =>
  (error: unknown): void => {
    if (!(error instanceof KubeError && error.code === code)) throw error;
  };
