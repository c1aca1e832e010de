import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiClient } from './api-client';
import { Berth, type ClusterState, type Component, end, type Holder, list } from './berth';
import { Cluster } from './cluster';
import { ClusterError } from './errors';
import { isAlive } from './identity';
import { clustersRoot, type Layout } from './layout';
import { requireRoot } from './preconditions';

/** What is written when a cluster is ready, so that other processes can use it too. */
export interface ClusterRecord {
  readonly layout: Layout;
  readonly holder: Holder;
  readonly port: number;
  readonly components: readonly Component[];
  readonly startedAt: string;
}

/** Undefined where there is none, or one that another version or another hand wrote. */
function readRecord(name: string): ClusterRecord | undefined {
  try {
    const file = path.join(clustersRoot(), name, 'cluster.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as ClusterRecord;
    return record.layout.id === name && record.holder && record.components ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The ready cluster of a record. */
export function clusterOf(record: ClusterRecord): Cluster {
  return new Cluster(
    record.layout,
    new Berth(record.layout, record.holder),
    new ApiClient(record.layout, record.port),
    new Map(record.components.map((component) => [component.name, component])),
  );
}

/** A cluster of this name that runs, or undefined. */
export function findCluster(name: string): Cluster | undefined {
  const record = readRecord(name);
  if (!record || !isAlive(record.holder)) return undefined;
  try {
    return clusterOf(record);
  } catch {
    // Its certificates are gone: it is being removed in this moment.
    return undefined;
  }
}

/**
 * A cluster that another process started, by its name. Throws NOT_RUNNING when there is none.
 *
 * @example
 * const cluster = attachCluster('mine');
 * await cluster.kubectl(['get', 'nodes']);
 */
export function attachCluster(name: string): Cluster {
  const cluster = findCluster(name);
  if (cluster) return cluster;
  if (existsSync(clustersRoot())) requireRoot(`cluster "${name}"`, 'root, to whom clusters belong');
  const running = listClusters().map((one) => one.id);
  throw new ClusterError('NOT_RUNNING', {
    where: `cluster "${name}"`,
    found: running.length > 0 ? `only ${running.join(', ')} running` : 'no cluster running',
    expected: 'a running cluster of that name',
    remedy:
      'start it first: `drydock cluster up`, or `startCluster({ name, owner: "none" })`; `drydock cluster status` lists those that are not ready too',
  });
}

/**
 * Every cluster of this machine that is ready.
 *
 * @example
 * for (const { id, kubeconfig } of listClusters()) console.log(id, kubeconfig);
 */
export function listClusters(): Cluster[] {
  const root = clustersRoot();
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => findCluster(entry.name))
    .filter((cluster) => cluster !== undefined);
}

/** Every cluster of this machine, also one that is starting or ending, or that a killed holder left. */
export async function clusterStates(): Promise<ClusterState[]> {
  const root = clustersRoot();
  // Where there was never a cluster there may be no tools either, and nothing has to be built to say so.
  if (!existsSync(root)) return [];
  requireRoot(root, 'root, to whom clusters belong');
  return list(root);
}

/** Ends the cluster of a name, in whatever state it is, and removes all of it. */
export function removeCluster(name: string): Promise<void> {
  return end(clustersRoot(), name);
}
