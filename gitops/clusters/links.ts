import { Connection, type ConnectOptions, onAbort, type Stored, serverVersion } from '../../kube';
import type { Cluster } from '../api/cluster';
import { milliseconds } from '../api/duration';
import { GitopsError } from '../errors';
import { inWordsOfCluster } from './cause';
import { kubeconfigOf } from './kubeconfig-secret';

/** A cluster as it is reached now. */
export interface Link {
  readonly connection: Connection;
  readonly version: string;
  /** Aborted once the cluster is found to be away, or is another one: what goes on there has to end. */
  readonly lost: AbortSignal;
}

/** What a Cluster says, with what holds where it says nothing. The API server fills in the same. */
export function clusterSettings({ spec }: Pick<Cluster, 'spec'>): {
  readonly intervalMs: number;
  readonly timeoutMs: number;
} {
  return { intervalMs: milliseconds(spec.interval ?? '30s'), timeoutMs: milliseconds(spec.timeout ?? '10s') };
}

export interface LinksOptions {
  readonly open?: (options: ConnectOptions) => Connection;
  /** Is called with the key of a Cluster that something went wrong with. */
  readonly onDoubt?: (key: string) => void;
}

/** The last look at a cluster. Who asks while it goes on shares it. */
interface Look {
  readonly at: number;
  readonly of: string;
  readonly answer: Promise<Link>;
  isPending: boolean;
}

/** The connection of now to one cluster. */
interface Held {
  /** Says from what it was made: another version of the Secret is another connection. */
  readonly from: string;
  readonly connection: Connection;
  readonly close: () => void;
}

interface Entry {
  look?: Look | undefined;
  held?: Held | undefined;
  lost: AbortController;
}

/**
 * The clusters that this process reaches, while it leads. What is found of one is found for all who ask: a cluster that is
 * away costs one try that is bounded in time, and not one for each Application.
 */
export class ClusterLinks {
  readonly #open: NonNullable<LinksOptions['open']>;
  readonly #onDoubt: (key: string) => void;
  /** By the connection of a term, which they end with. */
  readonly #homes = new WeakMap<Connection, Map<string, Entry>>();

  constructor({ open = (options) => new Connection(options), onDoubt = () => {} }: LinksOptions = {}) {
    this.#open = open;
    this.#onDoubt = onDoubt;
  }

  /** How a cluster is reached, found at most so long ago. Rejects with a cause that can be told. */
  of(home: Connection, cluster: Stored<Cluster>, maxAgeMs: number): Promise<Link> {
    const entry = this.#entry(home, cluster);
    const now = performance.now();
    const of = `${cluster.metadata.uid} ${cluster.metadata.generation}`;
    const known = entry.look;
    if (known?.of === of && (known.isPending || now - known.at <= maxAgeMs)) return known.answer;
    const look: Look = { at: now, of, answer: this.#look(home, cluster, entry), isPending: true };
    entry.look = look;
    const end = () => {
      look.isPending = false;
    };
    look.answer.then(end, end);
    return look.answer;
  }

  /** Something went wrong there: the next who asks looks anew. */
  doubt(home: Connection, cluster: Stored<Cluster>): void {
    const entry = this.#entry(home, cluster);
    if (entry.look?.isPending) return;
    entry.look = undefined;
    this.#onDoubt(clusterKey(cluster));
  }

  /** There is no such Cluster any more. */
  forget(home: Connection, key: string): void {
    const entry = this.#homes.get(home)?.get(key);
    this.#homes.get(home)?.delete(key);
    if (entry) drop(entry);
  }

  #entry(home: Connection, cluster: Stored<Cluster>): Entry {
    const all = this.#homes.get(home) ?? new Map<string, Entry>();
    this.#homes.set(home, all);
    const key = clusterKey(cluster);
    const entry = all.get(key) ?? { lost: new AbortController() };
    all.set(key, entry);
    return entry;
  }

  async #look(home: Connection, cluster: Stored<Cluster>, entry: Entry): Promise<Link> {
    const { timeoutMs } = clusterSettings(cluster);
    try {
      const connection = await this.#connectionOf(home, cluster, entry);
      const { gitVersion } = await serverVersion(connection, { deadlineMs: timeoutMs });
      return { connection, version: String(gitVersion).slice(0, 128), lost: entry.lost.signal };
    } catch (error) {
      if (home.closing.aborted || isOfHome(error)) throw error;
      entry.lost.abort();
      entry.lost = new AbortController();
      throw inWordsOfCluster(cluster, error);
    }
  }

  async #connectionOf(home: Connection, cluster: Stored<Cluster>, entry: Entry): Promise<Connection> {
    const { uid, generation } = cluster.metadata;
    const { inCluster } = cluster.spec;
    try {
      const { text, version } = inCluster
        ? { text: undefined, version: 'in-cluster' }
        : await kubeconfigOf(home, cluster);
      const from = `${uid} ${generation} ${version}`;
      if (entry.held?.from === from) return entry.held.connection;
      drop(entry);
      entry.held =
        text === undefined
          ? { from, connection: home, close: () => {} }
          : this.#held(home, cluster, from, text);
      return entry.held.connection;
    } catch (error) {
      // What the Secret no longer says is no longer used, and what cannot be asked for now may still hold.
      if (!isOfHome(error)) drop(entry);
      throw error;
    }
  }

  /** It may write as long as that of the term may, and ends with it. */
  #held(home: Connection, cluster: Stored<Cluster>, from: string, text: string): Held {
    const connection = this.#open({
      kubeconfigText: text,
      namespace: 'default',
      deadlineMs: clusterSettings(cluster).timeoutMs,
      userAgent: home.userAgent,
      hooks: home.hooks,
      ...(home.mayWrite ? { mayWrite: home.mayWrite } : {}),
    });
    const forget = onAbort(home.closing, () => connection.close());
    return {
      ...{ from, connection },
      close: () => {
        forget();
        connection.close();
      },
    };
  }
}

export function clusterKey({ metadata: { namespace = 'default', name } }: Stored<Cluster>): string {
  return `${namespace}/${name}`;
}

function drop(entry: Entry): void {
  entry.lost.abort();
  entry.lost = new AbortController();
  entry.held?.close();
  entry.held = undefined;
}

/** The cluster of the controller could not be asked for the Secret, which says nothing of the other one. */
function isOfHome(error: unknown): boolean {
  return error instanceof GitopsError && error.code === 'SECRET_UNREADABLE';
}
