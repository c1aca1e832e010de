import path from 'node:path';
import { type Cluster, startCluster, tool, until } from '../../cluster';
import { Connection } from '../../kube';
import { teachRollouts } from '../../test/gitops/rollouts-controller';
import { hostVolume } from '../../test/support/host-volume';
import { bringImages } from '../../test/workloads/images';
import { Inside } from './inside';
import { Measured } from './measured';
import { NODE_PORT, RELEASE, SECRET } from './stack';

export const NAMESPACE = 'todo';
const POSTGRES_UID = 999;
const PASSWORD = 'of-this-trial';
const SECRETS = {
  BETTER_AUTH_SECRET: 'k'.repeat(32),
  DATABASE_URL: `postgres://todo:${PASSWORD}@postgres-svc:5432/todo`,
  POSTGRES_PASSWORD: PASSWORD,
  OPENAI_API_KEY: 'sk-of-no-model',
};

/** One cluster with nodes, the real controller of Argo Rollouts, a Prometheus, and what a repository does not have: secrets. */
export class Place {
  private constructor(
    readonly name: string,
    readonly cluster: Cluster,
    readonly connection: Connection,
    readonly rollouts: Inside,
    readonly measured: Measured,
  ) {}

  static async open(name: string, folder: string, images: readonly string[]): Promise<Place> {
    const cluster = await startCluster();
    await Promise.all([bringImages(cluster, images), teachRollouts(cluster)]);
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    await cluster.kubectl([
      ...['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted'],
    ]);
    await hostVolume(cluster, {
      ...{ path: path.join(folder, `volume-${name}`), user: POSTGRES_UID, namespace: NAMESPACE },
      claim: `data-${RELEASE}-postgres-0`,
    });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET }, stringData: SECRETS };
    await cluster.kubectl(['create', '-n', NAMESPACE, '-f', '-'], { input: JSON.stringify(secret) });
    const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace: NAMESPACE });
    const rollouts = new Inside(cluster, await tool('argo-rollouts'), [
      ...[`--kubeconfig=${cluster.internalKubeconfig}`, '--leader-elect=false'],
    ]);
    const measured = new Measured(cluster, connection, NAMESPACE, path.join(folder, `prometheus-${name}`));
    return new Place(name, cluster, connection, rollouts, measured);
  }

  /** A port of this machine by which a user reaches the application, once it answers. */
  async reach(): Promise<number> {
    const port = await this.cluster.nodePort(NODE_PORT);
    const answers = async () => {
      const asked = fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) });
      return asked.then(
        ({ status }) => status === 200,
        () => false,
      );
    };
    await until(`the application in ${this.name} to answer`, answers, { withinMs: 60_000, everyMs: 200 });
    return port;
  }

  said(): string {
    return `${this.name}: ${this.rollouts.said()}\n${this.measured.said()}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.measured.stop(), this.rollouts.stop()]);
    this.connection.close();
    await this.cluster.stop();
  }
}
