/**
 * Talks to a cluster with a KubeConfig object of somebody else's client-node, under whatever Node this runs on:
 * `node --import tsx foreign-config.ts CLIENT_NODE_FOLDER KUBECONFIG`. Prints what it saw as JSON.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigMap } from '../../imports/k8s';
import { Connection } from '../connection';
import { get } from '../get';
import { resource } from '../resource';
import { watch } from '../watch/watch';

async function main([folder, kubeconfig]: string[]): Promise<void> {
  const { version, main: entry } = JSON.parse(readFileSync(path.join(folder!, 'package.json'), 'utf8'));
  const { KubeConfig } = await import(pathToFileURL(path.join(folder!, entry)).href);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const connection = new Connection({ kubeconfig: config });
  const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
  const address = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
  const found = await get(connection, configMaps, address);
  const watching = watch(connection, configMaps, address);
  const first = (await watching.next()).value;
  connection.close();
  const watched = first?.type === 'added' && first.object.metadata.uid === found.metadata.uid;
  process.stdout.write(JSON.stringify({ node: process.version, clientNode: version, watched }));
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
