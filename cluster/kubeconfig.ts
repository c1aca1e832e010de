import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Layout } from './layout';

function base64(file: string): string {
  return readFileSync(file).toString('base64');
}

/** A kubeconfig for one of the certificates. JSON is YAML, so no printer is needed. */
export function kubeconfigText(layout: Layout, user: string, server: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': `drydock-${layout.id}`,
    clusters: [
      {
        name: `drydock-${layout.id}`,
        cluster: { server, 'certificate-authority-data': base64(path.join(layout.pki, 'ca.crt')) },
      },
    ],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': base64(path.join(layout.pki, `${user}.crt`)),
          'client-key-data': base64(path.join(layout.pki, `${user}.key`)),
        },
      },
    ],
    contexts: [{ name: `drydock-${layout.id}`, context: { cluster: `drydock-${layout.id}`, user } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Writes a kubeconfig readable by its owner alone and returns its path. */
export function writeKubeconfig(layout: Layout, name: string, user: string, server: string): string {
  const file = path.join(layout.directory, `${name}.kubeconfig`);
  writeFileSync(file, kubeconfigText(layout, user, server), { mode: 0o600 });
  return file;
}
