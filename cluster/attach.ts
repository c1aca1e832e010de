import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiClient } from './api-client';
import { Berth, type Component, type Holder } from './berth';
import { Cluster } from './cluster';
import { ClusterError } from './errors';
import { clustersRoot, type Layout } from './layout';

/** What is written when a cluster is ready, so that other processes can use it too. */
export interface ClusterRecord {
  readonly layout: Layout;
  readonly holder: Holder;
  readonly port: number;
  readonly components: readonly Component[];
  readonly startedAt: string;
}

/** The file whose presence says: this cluster is ready. */
export function recordFile(directory: string): string {
  return path.join(directory, 'cluster.json');
}

function readRecord(name: string): ClusterRecord | undefined {
  const file = recordFile(path.join(clustersRoot, name));
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as ClusterRecord;
}

/** The ready cluster of a record. */
export function clusterOf(record: ClusterRecord): Cluster {
  return new Cluster(
    record.layout,
    new Berth(record.layout.directory, record.holder),
    new ApiClient(record.layout, record.port),
    new Map(record.components.map((component) => [component.name, component])),
  );
}

/** A cluster of this name that runs, or undefined. */
export function findCluster(name: string): Cluster | undefined {
  const record = readRecord(name);
  if (!record) return undefined;
  const cluster = clusterOf(record);
  return cluster.isRunning() ? cluster : undefined;
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
  const running = listClusters().map((one) => one.id);
  throw new ClusterError('NOT_RUNNING', {
    where: `cluster "${name}"`,
    found: running.length > 0 ? `only ${running.join(', ')} running` : 'no cluster running',
    expected: 'a running cluster of that name',
    remedy: 'start it first: `drydock cluster up`, or `startCluster({ name, owner: "none" })`',
  });
}

/**
 * Every cluster of this machine that is ready.
 *
 * @example
 * for (const { id, kubeconfig } of listClusters()) console.log(id, kubeconfig);
 */
export function listClusters(): Cluster[] {
  if (!existsSync(clustersRoot)) return [];
  return readdirSync(clustersRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => findCluster(entry.name))
    .filter((cluster) => cluster !== undefined);
}
