import { writeFileSync } from 'node:fs';

/** Writes a kubeconfig for a server without TLS on this machine; its namespace is `here`. */
export function writeLocalKubeconfig(file: string, port: number): void {
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'here' } }],
      'current-context': 'a',
      users: [{ name: 'a', user: {} }],
    }),
  );
}
