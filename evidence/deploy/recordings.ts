import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compiled } from '../../bench/compiled';
import type { Cluster } from '../../cluster';
import { configMap, deployment } from '../../test/deploy/on-cluster';
import { onTerminal, pictureOf } from './terminal';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};
const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'database' },
  stringData: { password },
});

/** A Deployment whose image has a tag; without pods, since there is no node here. */
function web(tag: string): object {
  const made = deployment('web');
  made.spec.template.spec.containers[0]!.image = `registry.example.com/shop:${tag}`;
  return made;
}

const BEFORE = [
  web('1.4.2'),
  service,
  configMap('settings', { colour: 'blue' }),
  configMap('old-flags'),
  secret('a'),
];
const AFTER = [
  web('1.5.0'),
  service,
  configMap('settings', { colour: 'green' }),
  configMap('banner', { text: 'hello' }),
  secret('b'),
];

/** The terminal of a release that is compared, applied, waited for, refused, and put back. Names of the pictures, and their content. */
export async function recordings(cluster: Cluster, folder: string): Promise<ReadonlyMap<string, string>> {
  const main = path.join(compiled('cli'), 'cli', 'main.js');
  await cluster.kubectl(['create', 'namespace', 'shop']);
  const given = (set: readonly object[]) => {
    mkdirSync(path.join(folder, 'dist'), { recursive: true });
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: set });
    writeFileSync(path.join(folder, 'dist', 'all.yaml'), list);
  };
  const screens = (...argv: readonly string[]) =>
    onTerminal([process.execPath, main, ...argv, '-n', 'shop', '--kubeconfig', cluster.kubeconfig], folder);
  const shown = (...argv: readonly string[]): readonly [string, string] => [
    `drydock ${argv.join(' ')} -n shop`,
    screens(...argv).at(-1) ?? '',
  ];
  given(BEFORE);
  const first = [shown('apply', 'shop', 'dist'), shown('apply', 'shop', 'dist')];
  given(AFTER);
  const changed = [shown('diff', 'shop', 'dist'), shown('apply', 'shop', 'dist')];
  const later = [shown('history', 'shop'), shown('rollback', 'shop'), shown('status', 'shop')];
  // No node: its pod is never scheduled.
  given([...BEFORE, deployment('worker', { replicas: 1 })]);
  const waits = ['apply', 'shop', 'dist', '--timeout', '5s'] as const;
  const drawn = screens(...waits);
  const middle = drawn.slice(0, -1).findLast((screen) => screen.includes('waiting for')) ?? '';
  const waiting = [
    [`drydock ${waits.join(' ')} -n shop    # while it waits`, middle] as const,
    ['# five seconds later', drawn.at(-1) ?? ''] as const,
  ];
  await cluster.kubectl(['-n', 'shop', 'patch', 'configmap', 'settings', '-p', '{"data":{"colour":"red"}}']);
  given(AFTER);
  const refused = [shown('apply', 'shop', 'dist')];
  return new Map([
    ['deploy-diff-and-apply', pictureOf(changed)],
    ['deploy-first-and-history', pictureOf([...first, ...later])],
    ['deploy-waiting', pictureOf(waiting)],
    ['deploy-refused', pictureOf(refused)],
  ]);
}
