import path from 'node:path';
import type { Cluster } from '..';

/** A program of this folder, run in the network of the first node. */
async function run(cluster: Cluster, script: string, args: readonly string[]): Promise<string> {
  const file = path.join(__dirname, script);
  return (await cluster.run(process.execPath, ['--import', 'tsx', file, ...args])).stdout;
}

/** What every program that listens on the first node answers to one that shows nothing. */
export function askListeners(cluster: Cluster): Promise<string> {
  return run(cluster, 'ask-listeners.ts', []);
}

/** Asks with one of the cluster's certificates, or with none: the status and the body, or why there was no answer. */
export function askWith(
  cluster: Cluster,
  certificate: string | undefined,
  url: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<string> {
  const file = (ending: string) => path.join(cluster.logsDirectory, '..', 'pki', `${certificate}.${ending}`);
  const shown = certificate ? [file('crt'), file('key')] : [];
  return run(cluster, 'ask-url.ts', [method, url, ...shown]);
}
