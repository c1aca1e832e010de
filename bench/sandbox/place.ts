import { type Cluster, startCluster, tool } from '../../cluster';
import { Connection } from '../../kube';
import type { Sandboxes } from '../../sandbox';
import { RuntimeInstallation } from '../../test/sandbox-runtime/runtime';

/** What every part of the benchmark runs on: one cluster, and CI-fixer's charts on it. */
export interface BenchPlace {
  readonly cluster: Cluster;
  readonly installation: RuntimeInstallation;
  readonly sandboxes: Sandboxes;
  readonly namespace: string;
  /** As the administrator, as the peers are. */
  readonly connection: Connection;
  readonly kubectl: string;
}

export async function withPlace<Result>(body: (place: BenchPlace) => Promise<Result>): Promise<Result> {
  const cluster = await startCluster({ dns: false });
  try {
    // The raw Job beside which all is measured waits for no network plug-in: docs/evidence/first-command.md has what that adds.
    const sandbox = { allowOpenStart: true };
    const installation = await new RuntimeInstallation(cluster, { sandbox }).install();
    const sandboxes = installation.sandboxes();
    const connection = new Connection({ kubeconfig: cluster.kubeconfig });
    const namespace = installation.sandboxNamespace;
    const kubectl = await tool('kubectl');
    try {
      return await body({ cluster, installation, sandboxes, namespace, connection, kubectl });
    } finally {
      await sandboxes.close();
      connection.close();
      await installation.remove();
    }
  } finally {
    await cluster.stop();
  }
}
