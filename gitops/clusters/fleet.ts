import { type Connection, type Store, type Stored, Stores } from '../../kube';
import { type Cluster, clusters } from '../api/cluster';
import { clusterKey } from './links';

/** All Clusters that there are, as far as they are followed. */
export type FollowedClusters = Pick<Store<Cluster>, 'inNamespace' | 'onChange'>;
export type OpenClusters = (home: Connection) => Promise<FollowedClusters>;

export interface FleetListener {
  /** A Cluster of this namespace is new, is meant for others, or is another one. */
  changed(namespace: string): void;
  gone(home: Connection, key: string): void;
}

/** The Clusters beside an Application, by one watch for all of them. It begins when the first Application asks. */
export class Fleet {
  readonly #open: OpenClusters;
  readonly #told: FleetListener;
  readonly #known = new WeakMap<Connection, Promise<FollowedClusters>>();

  constructor(open: OpenClusters, told: FleetListener) {
    this.#open = open;
    this.#told = told;
  }

  async of(home: Connection, namespace: string): Promise<readonly Stored<Cluster>[]> {
    const known = this.#known.get(home) ?? this.#begin(home);
    this.#known.set(home, known);
    const all = (await known).inNamespace(namespace);
    return [...all].sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
  }

  #begin(home: Connection): Promise<FollowedClusters> {
    const beginning = this.#open(home).then((followed) => {
      const said = new Map<string, string>();
      followed.onChange(({ type, object }) => {
        const key = clusterKey(object);
        if (type === 'deleted') {
          said.delete(key);
          this.#told.gone(home, key);
        } else {
          const now = saidOf(object);
          if (said.get(key) === now) return;
          said.set(key, now);
        }
        this.#told.changed(object.metadata.namespace ?? 'default');
      });
      return followed;
    });
    // One that could not be opened, for want of a right or of the definition, is tried again.
    beginning.catch(() => this.#known.delete(home));
    return beginning;
  }
}

function saidOf({ metadata: { uid, generation, labels } }: Stored<Cluster>): string {
  return JSON.stringify([uid, generation, labels]);
}

/** @param namespace `*` for those of all namespaces */
export function openClusters(namespace: string): OpenClusters {
  return (home) => new Stores(home).open(clusters, { namespace }, home.closing);
}
