import { type Application, applications, type Cluster, clusters } from '../../../gitops';
import type { BareRepository, Entry, GitServer } from '../../../gitops/testing-only/git-server';
import { type Connection, create, type KubeObject, resource } from '../../../kube';
import { configMaps } from '../../../test/gitops/world';

const namespaces = resource('v1', 'Namespace');
const maps = resource<KubeObject & { data: object }>('v1', 'ConfigMap');
const secrets = resource<KubeObject & { stringData: object }>('v1', 'Secret');

/** Is not ours, in each namespace. */
export const FOREIGN = 'foreign';
/** Are in every commit, so they are the same objects for ever. */
export const KEPT = ['kept', 'same'];

export type Values = Readonly<Record<string, string>>;

/** An Application of a round of faults, whose commits each change an object, add one, and leave one out. */
export class Delivered {
  readonly repository: BareRepository;
  /** By commit, what it has. */
  readonly #sets = new Map<string, Values>();
  #count = 0;
  #next: Values = {};
  head = '';
  values: Values = {};

  /** @param elsewhere the other cluster that it goes to, and how it is reached. The cluster of the controller without */
  static async make(
    name: string,
    server: GitServer,
    home: Connection,
    elsewhere?: { readonly connection: Connection; readonly kubeconfig: string },
  ): Promise<Delivered> {
    const metadata = { name };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
    await create(home, namespaces, namespace);
    if (elsewhere) await create(elsewhere.connection, namespaces, namespace);
    const one = new Delivered(name, elsewhere !== undefined, server);
    await create(elsewhere?.connection ?? home, maps, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: FOREIGN, namespace: name } },
      data: { x: 'mine' },
    });
    const secret = (of: string, stringData: object) =>
      create(home, secrets, {
        ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: of, namespace: name }, stringData },
      });
    await secret('git', { username: server.username, password: server.password, 'ca.crt': server.ca });
    if (elsewhere) {
      await secret('east', { kubeconfig: elsewhere.kubeconfig });
      await create(home, clusters, {
        ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster', metadata: { name: 'east', namespace: name } },
        spec: { kubeconfig: { secret: 'east' }, interval: '1s' },
      } as Cluster);
    }
    one.commit();
    await create(home, applications, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: { name: 'shop', namespace: name } },
      spec: {
        source: { url: server.urlOf(name), path: 'app', secret: 'git' },
        destination: elsewhere ? { clusters: ['east'] } : {},
        sync: { interval: '1s', timeout: '2m', allowPrune: true },
      },
    } as Application);
    return one;
  }

  private constructor(
    readonly name: string,
    readonly isElsewhere: boolean,
    server: GitServer,
  ) {
    this.repository = server.repository(name);
  }

  setOf(revision: string | undefined): Values | undefined {
    return this.#sets.get(revision ?? '');
  }

  /** Pushes the next commit, and answers with its id. */
  commit(): string {
    this.#take(this.repository.commit(this.#files()));
    return this.head;
  }

  /** Makes the next commit where nobody looks, and answers with how it becomes the head. */
  prepare(parent?: string): { readonly id: string; push(): void } {
    const id = this.repository.commit(this.#files(), 'next', parent);
    return {
      id,
      push: () => {
        this.repository.git(['update-ref', 'refs/heads/main', id]);
        this.#take(id);
      },
    };
  }

  /** A commit of which nothing may be applied. */
  commitBad(files: Readonly<Record<string, Entry>>): void {
    this.repository.commit({ 'app/a.yaml': configMaps(this.values), ...files });
  }

  /** The last good commit is the head again. */
  putBack(): void {
    this.repository.git(['update-ref', 'refs/heads/main', this.head]);
  }

  #files(): Record<string, string> {
    this.#count += 1;
    const x = String(this.#count);
    this.#next = { kept: x, same: 'same', other: x, [`only-${x}`]: x };
    return { 'app/a.yaml': configMaps(this.#next) };
  }

  #take(id: string): void {
    this.#sets.set(id, this.#next);
    this.values = this.#next;
    this.head = id;
  }
}
