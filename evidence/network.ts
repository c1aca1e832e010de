/**
 * Tries who reaches whom among services on a real cluster, with their policies and without, and writes
 * docs/evidence/network-matrix.md.
 *
 *     npx tsx evidence/network.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, withNamespace } from '../cluster';
import {
  DECLARED,
  install,
  type Matrix,
  measure,
  OPEN,
  SOURCES,
  settled,
  TARGETS,
} from '../test/secure-service/network-matrix';

function table(matrix: Matrix): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['from / to', ...TARGETS]),
    line(['---', ...TARGETS.map(() => '---')]),
    ...SOURCES.map((source) =>
      line([source, ...TARGETS.map((target) => (matrix[source]?.[target] ? 'reaches' : '-'))]),
    ),
  ].join('\n');
}

async function main(): Promise<void> {
  const cluster = await startCluster();
  try {
    await withNamespace(cluster, async (namespace) => {
      await install(namespace);
      await settled(cluster, namespace, DECLARED);
      const withPolicies = await measure(cluster, namespace);
      await namespace.kubectl(['delete', 'networkpolicies', '--all']);
      await settled(cluster, namespace, OPEN);
      const without = await measure(cluster, namespace);
      const isAsDeclared = JSON.stringify(withPolicies) === JSON.stringify(DECLARED);
      const text = `# Who reaches whom

Three SecureServices (web calls api, api calls db and the API server), a pod that belongs to none of them, the node and
the API server: every pair tried by a real connection on the embedded cluster by \`npx tsx evidence/network.ts\`.
A test tries the same on each run. A pod always reaches itself.

## With the policies that the services bring

${table(withPolicies)}

${isAsDeclared ? 'This is what the program declares, pair by pair.' : '**This is not what the program declares.**'}

## With the policies deleted

${table(without)}
`;
      writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'network-matrix.md'), text);
    });
  } finally {
    await cluster.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
