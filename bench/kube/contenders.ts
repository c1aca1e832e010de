import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { parse } from 'yaml';
import type { ConfigMap } from '../../imports/k8s';
import { Connection, exec, get, patch, resource } from '../../kube';

/** One way to talk to the cluster. A call resolves as soon as its caller has the answer. */
export interface Contender {
  get(): Promise<unknown>;
  patch(value: string): Promise<unknown>;
  /** Runs `true` in the pod and resolves with its end. */
  execTrue(): Promise<unknown>;
  close(): void;
}

export interface Target {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** A ConfigMap. */
  readonly name: string;
  readonly pod: string;
  /** The path of kubectl. */
  readonly kubectl: string;
}

export const contenders: Readonly<Record<string, (target: Target) => Promise<Contender>>> = {
  'bare https / ws': bare,
  'kube/': ours,
  'client-node 1.4': clientNode,
  'kubectl process': kubectl,
};

async function ours({ kubeconfig, namespace, name, pod }: Target): Promise<Contender> {
  const connection = new Connection({ kubeconfig, namespace });
  const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
  return {
    get: () => get(connection, configMaps, { name }),
    patch: (value) => patch(connection, configMaps, { name }, { merge: { data: { value } } }),
    execTrue: async () => {
      const end = await (await exec(connection, { pod, command: ['true'] })).ended;
      if (end.type !== 'exited') throw new Error(end.type);
    },
    close: () => connection.close(),
  };
}

/** The least it can cost: Node's https and ws, with kept connections and nothing else. */
async function bare({ kubeconfig, namespace, name, pod }: Target): Promise<Contender> {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  const bytes = (data: string | undefined, file: string | undefined) =>
    data ? Buffer.from(data, 'base64') : readFileSync(file!);
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const tls = {
    ca: bytes(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: bytes(user['client-certificate-data'], user['client-certificate']),
    key: bytes(user['client-key-data'], user['client-key']),
  };
  const agent = new Agent({ ...tls, keepAlive: true });
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const call = (method: string, body?: string) =>
    new Promise((resolve, reject) => {
      const headers = body ? { 'content-type': 'application/merge-patch+json' } : {};
      const outgoing = httpsRequest(new URL(path, cluster.server), { method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const streams = new Agent(tls);
  const query = 'command=true&stdout=true&stderr=true';
  const url = `${cluster.server.replace('https', 'wss')}/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`;
  return {
    get: () => call('GET'),
    patch: (value) => call('PATCH', JSON.stringify({ data: { value } })),
    execTrue: () =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(url, ['v5.channel.k8s.io'], {
          agent: streams,
          perMessageDeflate: false,
        });
        socket.on('error', reject);
        socket.on('close', () => resolve());
      }),
    close: () => {
      agent.destroy();
      streams.destroy();
    },
  };
}

async function clientNode({ kubeconfig, namespace, name, pod }: Target): Promise<Contender> {
  const { CoreV1Api, Exec, KubeConfig, PatchStrategy, setHeaderOptions } = await import(
    '@kubernetes/client-node'
  );
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const exec = new Exec(config);
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  return {
    get: () => api.readNamespacedConfigMap({ name, namespace }),
    patch: (value) => api.patchNamespacedConfigMap({ name, namespace, body: { data: { value } } }, merge),
    execTrue: () =>
      new Promise<void>((resolve, reject) => {
        const sink = new PassThrough().resume();
        exec
          .exec(namespace, pod, '', ['true'], sink, sink, null, false, () => resolve())
          .catch(() => reject(new Error('client-node refused')));
      }),
    close: () => {},
  };
}

async function kubectl({ kubeconfig, namespace, name, pod, kubectl: program }: Target): Promise<Contender> {
  const run = promisify(execFile);
  const call = (...args: string[]) => run(program, ['--kubeconfig', kubeconfig, '-n', namespace, ...args]);
  return {
    get: () => call('get', 'configmap', name, '-o', 'json'),
    patch: (value) =>
      call('patch', 'configmap', name, '--type=merge', '-p', JSON.stringify({ data: { value } })),
    execTrue: () => call('exec', pod, '--', 'true'),
    close: () => {},
  };
}
