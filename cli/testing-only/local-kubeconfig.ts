import { writeFileSync } from 'node:fs';

/**
 * Writes a kubeconfig for servers without TLS on this machine; their namespace is `here`.
 *
 * @param others the ports of other contexts, by their names
 */
export function writeLocalKubeconfig(
  file: string,
  port: number,
  others: Readonly<Record<string, number>> = {},
): void {
  const all = Object.entries({ a: port, ...others });
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: all.map(([name, at]) => ({ name, cluster: { server: `http://127.0.0.1:${at}` } })),
      contexts: all.map(([name]) => ({ name, context: { cluster: name, user: 'a', namespace: 'here' } })),
      'current-context': 'a',
      users: [{ name: 'a', user: {} }],
    }),
  );
}
