import type { Connection, Stored } from '../../kube';
import type { Application, InCluster } from '../api/application';
import type { Cluster } from '../api/cluster';
import { MOST_CLUSTERS, MOST_ENTRIES } from '../api/destination';
import { selects } from '../api/selector';
import type { Fleet } from '../clusters/fleet';
import { type ClusterLinks, clusterSettings, type Link } from '../clusters/links';
import { GitopsError } from '../errors';

/** Names of clusters, separated by commas, whose objects are left as they are: such as of one that will never be back. */
export const FORGET_ANNOTATION = 'ajj.io/forget-clusters';

/** An Application in one cluster. */
export interface Target {
  /** By it is remembered what is known of it in this process. */
  readonly key: string;
  /** The Cluster; undefined for that of the controller, where the Application names none. */
  readonly cluster: string | undefined;
  /** Those of the Cluster. */
  readonly labels: Readonly<Record<string, string>>;
  /** What was said of it last. */
  readonly known: Partial<InCluster>;
  /** How it is reached, or a cause that can be told. */
  reach(): Promise<Link>;
  /** A call to it has failed. */
  doubt(): void;
}

export interface TargetSet {
  readonly wanted: readonly Target[];
  /** No longer meant, and something may still be there. */
  readonly leaving: readonly Target[];
  /** A person has said that what is there is to be left. */
  readonly forgotten: readonly string[];
}

const here = new AbortController().signal;

/** Finds the clusters that an Application is meant for, and those that it was meant for. */
export class Targets {
  readonly #fleet: Fleet;
  readonly #links: ClusterLinks;

  constructor(fleet: Fleet, links: ClusterLinks) {
    this.#fleet = fleet;
    this.#links = links;
  }

  async of(app: Stored<Application>, home: Connection): Promise<TargetSet> {
    if (!hasClusters(app)) return { wanted: [hereTarget(app, home)], leaving: [], forgotten: [] };
    const { clusters, clusterSelector } = app.spec.destination ?? {};
    const all = await this.#fleet.of(home, app.metadata.namespace ?? 'default');
    const names =
      clusters ??
      all
        .filter(({ metadata }) => selects(clusterSelector ?? {}, metadata.labels))
        .map(({ metadata }) => metadata.name);
    const { leaving, forgotten } = this.#entries(app, home, all, new Set(names));
    requireSome(app, names, leaving.length);
    return {
      wanted: [...names].sort().map((name) => this.#target(app, home, all, name)),
      ...{ leaving, forgotten },
    };
  }

  /** All in which something may be, of an Application that is deleted. */
  async ofDeletion(app: Stored<Application>, home: Connection): Promise<TargetSet> {
    if (!hasClusters(app)) return { wanted: [], leaving: [hereTarget(app, home)], forgotten: [] };
    if (!app.status?.clusters?.length) return { wanted: [], leaving: [], forgotten: [] };
    const all = await this.#fleet.of(home, app.metadata.namespace ?? 'default');
    return { wanted: [], ...this.#entries(app, home, all, new Set()) };
  }

  #entries(
    app: Stored<Application>,
    home: Connection,
    all: readonly Stored<Cluster>[],
    wanted: ReadonlySet<string>,
  ): Pick<TargetSet, 'leaving' | 'forgotten'> {
    const forget = new Set(app.metadata.annotations?.[FORGET_ANNOTATION]?.split(/[\s,]+/));
    const others = (app.status?.clusters ?? []).map(({ name }) => name).filter((name) => !wanted.has(name));
    return {
      leaving: others.filter((name) => !forget.has(name)).map((name) => this.#target(app, home, all, name)),
      forgotten: others.filter((name) => forget.has(name)),
    };
  }

  #target(app: Stored<Application>, home: Connection, all: readonly Stored<Cluster>[], name: string): Target {
    const cluster = all.find(({ metadata }) => metadata.name === name);
    return {
      key: `${keyOf(app)} ${name}`,
      cluster: name,
      labels: cluster?.metadata.labels ?? {},
      known: app.status?.clusters?.find((one) => one.name === name) ?? {},
      reach: async () => {
        if (!cluster) throw missing(app, name);
        return this.#links.of(home, cluster, clusterSettings(cluster).intervalMs);
      },
      doubt: () => {
        if (cluster) this.#links.doubt(home, cluster);
      },
    };
  }
}

/** The keys of all that is remembered of an Application in this process. */
export function targetKeysOf(app: Stored<Application>): readonly string[] {
  const own = keyOf(app);
  return [own, ...(app.status?.clusters ?? []).map(({ name }) => `${own} ${name}`)];
}

/** The Application of a target. */
export function keyOfApplication(targetKey: string): string {
  return targetKey.split(' ', 1)[0]!;
}

export function keyOf({ metadata: { namespace = 'default', name } }: Stored<Application>): string {
  return `${namespace}/${name}`;
}

/** Whether an Application goes to clusters that it names or selects. */
export function hasClusters({ spec: { destination = {} } }: Pick<Application, 'spec'>): boolean {
  return destination.clusters !== undefined || destination.clusterSelector !== undefined;
}

function hereTarget(app: Stored<Application>, connection: Connection): Target {
  const {
    health,
    lastAppliedRevision: revision,
    lastAppliedTree: tree,
    inventory,
    rolledBack,
  } = app.status ?? {};
  const known = { health, revision, tree, inventory, rolledBack } as Partial<InCluster>;
  return {
    ...{ key: keyOf(app), cluster: undefined, labels: {}, known },
    reach: () => Promise.resolve({ connection, version: '', lost: here }),
    doubt: () => {},
  };
}

/** A selector that matches nothing must not be an order to delete all. */
function requireSome({ metadata }: Stored<Application>, names: readonly string[], leaving: number): void {
  const where = `the Clusters of namespace ${metadata.namespace ?? 'default'}`;
  if (names.length === 0) {
    throw new GitopsError('CLUSTERS_NONE', {
      where,
      found: 'none that `spec.destination.clusterSelector` selects',
      expected: 'at least one; what was applied before stays as it is',
      remedy: 'label a Cluster, or correct the selector',
    });
  }
  if (names.length <= MOST_CLUSTERS && names.length + leaving <= MOST_ENTRIES) return;
  throw new GitopsError('CLUSTERS_TOO_MANY', {
    where,
    found: `${names.length} that are meant, and ${leaving} that are not emptied yet`,
    expected: `at most ${MOST_CLUSTERS} for one Application, and ${MOST_ENTRIES} together`,
    remedy: `select fewer of them, and make another Application for the others; or forget some by ${FORGET_ANNOTATION}`,
  });
}

function missing({ metadata }: Stored<Application>, name: string): GitopsError {
  return new GitopsError('CLUSTER_MISSING', {
    where: `Cluster ${metadata.namespace ?? 'default'}/${name}`,
    found: 'no such Cluster',
    expected: 'one in the namespace of the Application',
    remedy: 'create it, or correct `spec.destination.clusters`',
  });
}
