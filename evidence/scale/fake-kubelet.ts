import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cluster } from '../../cluster';

const NODE = 'stand-in';
const PORT = 10_250;

export interface FakeKubelet {
  readonly binary: string;
  readonly ended: Promise<string>;
}

/** Compiles the stand-in of a kubelet, makes its node, and lets it serve that until its cluster is gone. */
export async function startFakeKubelet(cluster: Cluster): Promise<FakeKubelet> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-fake-kubelet-'));
  const binary = path.join(folder, 'kubelet');
  execFileSync('go', ['build', '-o', binary, '.'], {
    cwd: path.join(__dirname, 'kubelet'),
    stdio: 'inherit',
  });
  const address = cluster.nodeAddress();
  await makeNode(cluster, address);
  const config = path.join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ ...accessOf(cluster), node: NODE, address, port: PORT }), {
    mode: 0o600,
  });
  // It has the memory of all nodes, on a machine where all else is, too.
  const env = { GOGC: '25' };
  const ended = cluster.run(binary, [config], { allowFailure: true, env }).then(({ stdout, stderr }) => {
    rmSync(folder, { recursive: true });
    return `${stdout}${stderr}`;
  });
  return { binary, ended };
}

/** From the administrator's kubeconfig, which is JSON. */
function accessOf(cluster: Cluster): object {
  const { clusters, users } = JSON.parse(readFileSync(cluster.internalKubeconfig, 'utf8'));
  const text = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');
  const [{ cluster: entry }] = clusters;
  const [{ user }] = users;
  return {
    server: entry.server,
    ca: text(entry['certificate-authority-data']),
    cert: text(user['client-certificate-data']),
    key: text(user['client-key-data']),
  };
}

async function makeNode(cluster: Cluster, address: string): Promise<void> {
  const now = new Date().toISOString();
  const resources = { cpu: '10000', memory: '100Ti', 'ephemeral-storage': '100Ti', pods: '100000' };
  const status = {
    addresses: [{ type: 'InternalIP', address }],
    daemonEndpoints: { kubeletEndpoint: { Port: PORT } },
    capacity: resources,
    allocatable: resources,
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now }],
  };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, status };
  await cluster.api.call('POST', '/api/v1/nodes', { body: node });
}
