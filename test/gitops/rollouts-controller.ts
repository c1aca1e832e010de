import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type Cluster, tool } from '../../cluster';
import { freePort } from '../../gitops/testing-only/free-port';
import { definitionOf } from '../../scripts/imports/crds';
import { BesideCluster, teach } from '../support/beside-cluster';

const KINDS = [
  ...(['rollouts', 'analysistemplates', 'analysisruns', 'clusteranalysistemplates', 'experiments'] as const),
];

/** Brings the kinds of Argo Rollouts into a cluster. */
export async function teachRollouts(cluster: Cluster): Promise<void> {
  const read = KINDS.map(async (kind) => parse(await readFile(await definitionOf(kind), 'utf8')));
  await teach(cluster, await Promise.all(read), KINDS);
}

/** The real controller of Argo Rollouts. */
export class RolloutsController extends BesideCluster {
  async start(cluster: Cluster): Promise<void> {
    const [program] = await Promise.all([tool('argo-rollouts'), teachRollouts(cluster)]);
    const ports = [`--healthzPort=${await freePort()}`, `--metricsPort=${await freePort()}`];
    this.run(program, [`--kubeconfig=${cluster.kubeconfig}`, '--leader-elect=false', ...ports]);
  }
}
