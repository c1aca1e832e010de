import { until } from '../../../cluster';
import { PART_OF } from '../../../deploy/inventory/names';
import { clusters } from '../../../gitops';
import { type FollowedClusters, openClusters } from '../../../gitops/clusters/fleet';
import { type Followed, openBy } from '../../../gitops/sync/drift';
import { type Connection, type KubeObject, list, type Stored } from '../../../kube';
import { configMaps, type RealPlace } from './real-place';

/** A watch tells within moments; one that was cut off begins again some seconds later, more of them each time. */
const SOON = { withinMs: 120_000, everyMs: 5 };

interface Open<Of> {
  readonly connection: Connection;
  readonly of: Of;
}

/** The watches of one process, as the controller opens them, and whether they have told of what is there. */
export class Watches {
  #maps: Array<Open<Followed>> = [];
  #clusters: Array<Open<FollowedClusters>> = [];

  readonly openKinds = (connection: Connection) => {
    const open = openBy(connection);
    return async (apiVersion: string, kind: string): Promise<Followed> => {
      const of = await open(apiVersion, kind);
      if (kind === configMaps.kind) this.#maps.push({ connection, of });
      return of;
    };
  };

  readonly openClusters = async (connection: Connection): Promise<FollowedClusters> => {
    const of = await openClusters('*')(connection);
    this.#clusters.push({ connection, of });
    return of;
  };

  /** Waits until the watches of a cluster, if there are any, show what is in the namespace. A lag is no verdict. */
  async haveTold({ admin }: RealPlace, origin: string): Promise<void> {
    const { items } = await list(admin, configMaps, { labelSelector: PART_OF });
    const ofNamespace = ({ metadata }: Stored<KubeObject>) => metadata.namespace === admin.namespace;
    const open = this.#maps.filter(({ connection }) => connection.server.origin === origin);
    await shows(open, items, ({ of }) => of.all().filter(ofNamespace));
  }

  /** The same of the Clusters. */
  async haveToldOfClusters({ admin }: RealPlace): Promise<void> {
    const { items } = await list(admin, clusters);
    await shows(this.#clusters, items, ({ of }) => of.inNamespace(admin.namespace));
  }
}

async function shows<Of>(
  all: readonly Open<Of>[],
  there: readonly Stored<KubeObject>[],
  seen: (one: Open<Of>) => readonly Stored<KubeObject>[],
): Promise<void> {
  const wanted = versions(there);
  for (const one of all) {
    const { closing } = one.connection;
    await until('a watch to tell', () => closing.aborted || versions(seen(one)) === wanted, SOON);
  }
}

const versions = (all: readonly Stored<KubeObject>[]) =>
  all
    .map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)
    .sort()
    .join();
