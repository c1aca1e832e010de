/**
 * Looks at the defaults of SecureService from inside of a running container and asks a service all the time while its
 * pods come and go, on a real cluster of two nodes. Writes docs/evidence/in-container.md and no-lost-request.md, and
 * ends with an error where something is not as it should be.
 *
 *     npx tsx evidence/service.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, startCluster, withNamespace } from '../cluster';
import {
  evictions,
  FACTS,
  type Fact,
  fill,
  install,
  look,
  MEMORY,
  WRITABLE,
} from '../test/secure-service/in-container';
import { comeAndGo, kill } from '../test/secure-service/no-lost-request';

const evidence = join(__dirname, '..', 'docs', 'evidence');
const COMMAND = '`npx tsx evidence/service.ts`';

interface Document {
  readonly text: string;
  readonly wrong: number;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function verdict(wrong: number, isRight: string): string {
  return wrong === 0 ? isRight : `**${wrong} of these lines are not as they should be.**`;
}

async function inContainer(cluster: Cluster): Promise<Document> {
  return withNamespace(cluster, async (namespace) => {
    const installed = await install(namespace);
    const rows: string[][] = [];
    let wrong = 0;
    const add = async (fact: Fact) => {
      const { service, open } = await look(installed, fact);
      if (service !== fact.declared || (fact !== WRITABLE && open === service)) wrong++;
      rows.push([fact.what, fact.declared, service, open]);
    };
    for (const fact of [...FACTS, WRITABLE]) await add(fact);
    await fill(installed);
    await add(MEMORY);
    const { folder, disk, open } = await evictions(installed);
    if (open) wrong++;
    rows.push(
      ['80 MiB in a folder of 64Mi', 'evicted', folder ?? 'stays', open ?? 'stays'],
      ['80 MiB on a disk of 64Mi', 'evicted', disk ?? 'stays', open ?? 'stays'],
    );
    const text = `# The defaults of SecureService, from inside

Read from /proc and tried in a running container on the embedded cluster by ${COMMAND}; beside
it a pod in which nothing is secured, so that each attempt is known to be one. A test looks at the same on each run.

${table(['what', 'declared', "in the service's container", 'where nothing is secured'], rows)}

${verdict(wrong, 'Every line is as declared, and other than where nothing is secured (but for the folder that takes what is written).')}

Kubelet shows an evicted pod as Succeeded where its program ends well when it is told to; the event \`Evicted\` says why.
`;
    return { text, wrong };
  });
}

async function noLostRequest(cluster: Cluster): Promise<Document> {
  const steps = await comeAndGo(cluster);
  const killed = await kill(cluster);
  const lost = steps.reduce((sum, { failures }) => sum + failures.length, 0);
  const lastMs = Math.max(0, ...killed.failures.map(({ sentAtMs }) => sentAtMs - killed.killedAtMs));
  const isLate = lastMs >= 5_000;
  const rows = [...steps, killed].map(({ what, answered, failures }) => [what, answered, failures.length]);
  const text = `# No request is lost while pods come and go

A SecureService with two replicas on the embedded cluster of two nodes, asked by four clients without pause through its
node port, each time on a connection of its own, by ${COMMAND}. A test does the same on each run.

${table(['while', 'requests answered', 'requests failed'], rows)}

${lost === 0 ? 'Not one failed but where a pod was killed.' : `**${lost} failed where none should.**`} The last request that failed after the kill was sent ${(lastMs / 1000).toFixed(1)} s after it${isLate ? ', **which is too late**' : ''}; 5 s are allowed.
`;
  return { text, wrong: lost + Number(isLate) };
}

async function main(): Promise<void> {
  const cluster = await startCluster({ nodes: 2 });
  try {
    const inside = await inContainer(cluster);
    writeFileSync(join(evidence, 'in-container.md'), inside.text);
    const requests = await noLostRequest(cluster);
    writeFileSync(join(evidence, 'no-lost-request.md'), requests.text);
    process.stdout.write(`${JSON.stringify(requests)}\n${inside.text}\n${requests.text}`);
    if (inside.wrong + requests.wrong > 0) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
