import { readFileSync } from 'node:fs';
import { findCluster } from './attach';
import type { Cluster } from './cluster';
import { type CommandOptions, runCommand } from './command';
import { ClusterError } from './errors';
import type { TestCluster } from './fixture';
import type { ClusterOptions } from './options';
import { startCluster } from './start';
import { tool } from './tools/tool';
import { until } from './until';

/** Set by the jest global set-up: the process of the test run, which every worker inherits. */
export const RUN_VARIABLE = 'DRYDOCK_TEST_RUN';

/** Options of a shared cluster. Clusters that differ in them are different clusters. */
export type SharedOptions = Pick<ClusterOptions, 'nodes'>;

function runProcess(): number {
  const run = Number(process.env[RUN_VARIABLE]);
  return run > 0 ? run : process.pid;
}

/** How the names of all clusters begin that a test run shares. */
export function sharedPrefix(run: number): string {
  return `run-${run}-`;
}

/** The name of the cluster that a test run shares, or each of its workers where DRYDOCK_CLUSTER_PER_WORKER is set. */
export function sharedName(run: number, nodes: 1 | 2): string {
  const { DRYDOCK_CLUSTER_PER_WORKER: perWorker, JEST_WORKER_ID: worker } = process.env;
  return `${sharedPrefix(run)}${nodes}${perWorker && worker ? `-${worker}` : ''}`;
}

function isTaken(error: unknown): boolean {
  return error instanceof ClusterError && error.code === 'NAME_TAKEN';
}

const mine = new Map<string, Promise<Cluster>>();

async function findOrStart(name: string, options: SharedOptions): Promise<Cluster> {
  // The folder of the cluster is the lock: one worker makes it and starts, the others see it and wait. Should the
  // starter fail, its folder goes away and the next one to look starts anew.
  const outcome = await until(
    `the shared cluster ${name}`,
    async () => {
      const running = findCluster(name);
      if (running) return { running };
      const started = startCluster({ ...options, name, owner: runProcess() });
      // Only a taken name is worth another look; every other failure is the answer.
      return started
        .then((cluster) => ({ running: cluster }))
        .catch((failure: unknown) => {
          return isTaken(failure) ? undefined : { failure };
        });
    },
    { withinMs: 180_000, everyMs: 100 },
  );
  if ('running' in outcome) return outcome.running;
  throw outcome.failure;
}

/**
 * The cluster of this test run: started by the first test that asks, used by all, and ended with the run. In jest,
 * name `globalSetup` and `globalTeardown` of this package in the configuration; without them each worker has its own.
 *
 * @example
 * test('the chart comes up', async () => {
 *   const cluster = await sharedCluster();
 *   await withNamespace(cluster, async (namespace) => {
 *     await namespace.kubectl(['apply', '-f', 'dist/shop.k8s.yaml']);
 *     await namespace.kubectl(['rollout', 'status', 'deployment/shop-web']);
 *   });
 * });
 */
export function sharedCluster(options: SharedOptions = {}): Promise<Cluster> {
  const name = sharedName(runProcess(), options.nodes ?? 1);
  const known = mine.get(name);
  if (known) return known;
  const finding = findOrStart(name, options);
  mine.set(name, finding);
  return finding;
}

/** The cluster that the user named, with nothing but a kubeconfig. Its current context is never changed. */
async function namedCluster(kubeconfig: string): Promise<TestCluster> {
  readFileSync(kubeconfig);
  const kubectl = await tool('kubectl');
  return {
    kubeconfig,
    kubectl: (args: readonly string[], options: CommandOptions = {}) =>
      runCommand(kubectl, args, { ...options, env: { ...options.env, KUBECONFIG: kubeconfig } }),
  };
}

/**
 * The cluster for tests that can run anywhere: the one that DRYDOCK_TEST_KUBECONFIG names, else the shared embedded
 * one. No other kubeconfig and no current context is ever looked at.
 *
 * @example
 * test('the chart comes up', async () => {
 *   const cluster = await testCluster();
 *   await withNamespace(cluster, async (namespace) => {
 *     await namespace.kubectl(['apply', '-f', 'dist/shop.k8s.yaml']);
 *     await namespace.kubectl(['rollout', 'status', 'deployment/shop-web']);
 *   });
 * });
 */
export async function testCluster(): Promise<TestCluster> {
  const kubeconfig = process.env.DRYDOCK_TEST_KUBECONFIG;
  return kubeconfig ? namedCluster(kubeconfig) : sharedCluster();
}
