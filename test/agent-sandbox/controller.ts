import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { type Cluster, tool } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { freePort } from '../../gitops/testing-only/free-port';
import { goModule } from '../../scripts/imports/go-module';
import { BesideCluster, teach } from '../support/beside-cluster';

const KINDS = ['sandboxclaims', 'sandboxtemplates', 'sandboxwarmpools', 'sandboxes.agents.x-k8s.io'];
const PINS = path.resolve(__dirname, '../../cluster/tools/agent-sandbox');

/** The real controller of agent-sandbox. */
export class AgentSandboxController extends BesideCluster {
  version = '';

  async start(cluster: Cluster): Promise<this> {
    const [program, { Dir, Version }] = await Promise.all([
      tool('agent-sandbox-controller'),
      goModule('sigs.k8s.io/agent-sandbox', PINS),
    ]);
    this.version = Version;
    await teach(cluster, await definitions(Dir), KINDS);
    const [health, metrics] = [await freePort(), await freePort()];
    this.run(program, [
      `--kubeconfig=${cluster.kubeconfig}`,
      '--extensions',
      '--leader-elect=false',
      // Only one version of its resources is used here.
      '--enable-webhook=false',
      `--health-probe-bind-address=127.0.0.1:${health}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
    ]);
    return this;
  }
}

/** As its makers give them to a cluster, but for the webhook that converts between versions. */
async function definitions(module: string): Promise<JsonObject[]> {
  const folder = path.join(module, 'k8s/crds');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  const read = files.map(async (file) => parse(await readFile(path.join(folder, file), 'utf8')));
  return (await Promise.all(read)).map(({ spec, ...definition }) => ({
    ...definition,
    spec: { ...spec, conversion: { strategy: 'None' } },
  }));
}
