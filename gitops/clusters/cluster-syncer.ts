import {
  type Condition,
  type Context,
  outcomeConditions,
  type Reconcile,
  type Waker,
  withConditions,
} from '../../controller';
import type { Connection, Stored } from '../../kube';
import type { Cluster, ClusterStatus } from '../api/cluster';
import { GitopsError } from '../errors';
import { reasonOf } from '../reason';
import { type ClusterLinks, clusterKey, clusterSettings, type Link } from './links';

/** One that is away is looked at again so soon. */
const SOON_MS = 5_000;
/** A time that is told to the second would be a write for each look. */
const SEEN_MS = 60_000;

/** Looks at clusters, and says how they are. Applications read what it finds from the links, not from the status. */
export class ClusterSyncer {
  readonly #links: ClusterLinks;
  readonly #changed: (namespace: string) => void;
  /** How each was at the last look. */
  readonly #found = new WeakMap<Connection, Map<string, string>>();
  #wake: (key: string) => void = () => {};

  /** @param changed is called when a cluster of a namespace can be reached again, no longer, or otherwise */
  constructor(links: ClusterLinks, changed: (namespace: string) => void) {
    this.#links = links;
    this.#changed = changed;
  }

  /** Looks at a cluster now. */
  look(key: string): void {
    this.#wake(key);
  }

  readonly waker: Waker = (wake) => {
    this.#wake = wake;
    return () => {
      this.#wake = () => {};
    };
  };

  readonly reconcile: Reconcile<Cluster> = async (cluster, context) => {
    const { intervalMs } = clusterSettings(cluster);
    const found = await this.#look(cluster, context);
    await context.status(clusterStatus(cluster, found) as Readonly<Record<string, unknown>>);
    const isWell = !(found instanceof GitopsError);
    const before = cluster.status?.conditions?.find(({ type }) => type === 'Ready');
    if (!isWell && before?.reason !== reasonOf(found))
      context.tell({ type: 'Warning', reason: reasonOf(found), note: found.message });
    this.#remember(cluster, context.connection, isWell ? 'ready' : found.code);
    return { afterMs: isWell ? intervalMs : Math.min(SOON_MS, intervalMs) };
  };

  async #look(cluster: Stored<Cluster>, { connection, signal }: Context): Promise<Link | GitopsError> {
    try {
      return await this.#links.of(connection, cluster, 0);
    } catch (error) {
      if (signal.aborted || !(error instanceof GitopsError)) throw error;
      return error;
    }
  }

  #remember(cluster: Stored<Cluster>, home: Connection, now: string): void {
    const all = this.#found.get(home) ?? new Map<string, string>();
    this.#found.set(home, all);
    const key = clusterKey(cluster);
    const isNew = all.get(key) !== now;
    all.set(key, now);
    if (isNew) this.#changed(cluster.metadata.namespace ?? 'default');
  }
}

/** The status that says what was found. The same found again within a minute gives the same status. */
export function clusterStatus(
  { metadata: { generation }, status: before }: Stored<Cluster>,
  found: Link | GitopsError,
  now: Date = new Date(),
): ClusterStatus {
  const isWell = !(found instanceof GitopsError);
  const words = isWell
    ? { reason: 'Reachable', message: 'its API server answers' }
    : { reason: reasonOf(found), message: found.message };
  const said = outcomeConditions(isWell ? 'ready' : 'failed', words);
  const conditions = withConditions(before?.conditions ?? [], said, generation, now);
  if (!isWell) return { ...before, conditions: conditions as readonly Condition[] };
  const last = Date.parse(before?.lastSeen ?? '');
  const isRecent = now.getTime() - last < SEEN_MS && now.getTime() >= last;
  return {
    ...{ version: found.version, server: found.connection.server.origin },
    lastSeen: isRecent && before?.lastSeen ? before.lastSeen : `${now.toISOString().slice(0, 19)}Z`,
    conditions,
  };
}
