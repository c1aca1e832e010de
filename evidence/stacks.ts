/**
 * Runs the todo stack and CI-fixer with placeholder programs on a real cluster and writes what it saw: who reaches whom
 * to docs/evidence/todo-links.md, how long installing and changing them takes to docs/evidence/lifecycle.md.
 *
 *     npx tsx evidence/stacks.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CiFixerChart, TodoStackChart } from '../charts';
import { type Cluster, startCluster, type TestNamespace, withNamespace } from '../cluster';
import { App, Testing } from '../core/synth';
import { buildCiFixer, ciFixerRelease } from '../test/sandbox/ci-fixer-release';
import { lifeCycle, type Step } from '../test/support/life-cycle';
import {
  applyStack,
  DECLARED,
  DRAWING,
  type Links,
  OPEN,
  SOURCES,
  settled,
  startBystanders,
  TARGETS,
  WITH_THE_DRAWING,
} from '../test/todo-stack/links';
import { buildImages, secretOptions, serviceNames, stackRelease, valuesFor } from '../test/todo-stack/stack';

const evidence = join(__dirname, '..', 'docs', 'evidence');

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function matrix(links: Links, declared: Links): string {
  const rows = SOURCES.map((source) => [
    source,
    ...TARGETS.map((target) => (links[source]?.includes(target) ? 'reaches' : '-')),
  ]);
  const isAsDeclared = JSON.stringify(links) === JSON.stringify(declared);
  return `${table(['from / to', ...TARGETS], rows)}

${isAsDeclared ? 'This is what was declared, pair by pair.' : '**This is not what was declared.**'}`;
}

/** Which variable each container has, and where from, read from the plain manifests. */
function variables(): string {
  interface Container {
    readonly env?: readonly {
      readonly name: string;
      readonly valueFrom?: Readonly<Record<string, { readonly name?: string }>>;
    }[];
  }
  const objects = Testing.synth(new TodoStackChart(Testing.app())) as unknown as {
    kind: string;
    metadata: { name: string };
    spec: { template: { spec: { containers: Container[] } } };
  }[];
  const rows = objects
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ metadata, spec }) =>
      (spec.template.spec.containers[0]?.env ?? []).map(({ name, valueFrom }) => {
        const from = valueFrom?.secretKeyRef ? 'Secret' : 'ConfigMap';
        const of = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
        return [`\`${name}\``, metadata.name.replace('todo-app-', ''), from, `\`${of?.name}\``];
      }),
    );
  return table(['variable', 'service', 'from', 'object'], rows);
}

async function links(cluster: Cluster, namespace: TestNamespace): Promise<string> {
  await startBystanders(namespace);
  await applyStack(namespace, 30_090, {});
  const closed = await settled(cluster, namespace, DECLARED);
  await applyStack(namespace, 30_090, DRAWING);
  const drawn = await settled(cluster, namespace, WITH_THE_DRAWING);
  await namespace.kubectl(['delete', 'networkpolicies', '--all']);
  const open = await settled(cluster, namespace, OPEN);
  return `# The links of the todo stack

The four services with placeholder programs, two pods in place of the database and the model, a pod that nothing
names, the node and the API server: every pair tried by a real connection on the embedded cluster by
\`npx tsx evidence/stacks.ts\`. A test tries the same on each run. A pod always reaches itself; the frontend's node
port is open to everybody. Which links are open and why is in
[0014-todo-stack.md](../decisions/0014-todo-stack.md).

## As it is installed

${matrix(closed, DECLARED)}

## With \`global.links.backendToMcpServer\` and \`global.links.mcpServerToAiAgent\`

${matrix(drawn, WITH_THE_DRAWING)}

## With the policies deleted

${matrix(open, OPEN)}

## The variables

What the containers of the plain manifests have. The plan's table is followed; where its summary differs
(\`COHERE_API_KEY\`, port 80, \`API_URL\`) the table wins, and \`AI_AGENT_URL\` is added.

${variables()}
`;
}

function lifeCycleTable(steps: readonly Step[]): string {
  const rows = steps.map(({ name, seconds, answered, failures }) => [
    name,
    seconds.toFixed(1),
    answered === 0 ? '' : answered,
    answered === 0 ? '' : failures.length,
  ]);
  return table(['step', 'seconds', 'requests answered', 'requests failed'], rows);
}

function lifeCyclePage(todo: readonly Step[], ciFixer: readonly Step[], needed: string): string {
  return `# The life of two releases

The charts \`todo-app\` and \`ci-fixer\` with placeholder programs, installed with helm 4 on the embedded cluster (one node,
${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the start, ${new Date().toISOString().slice(0, 10)}) by \`npx tsx evidence/stacks.ts\`. Each step ends when helm says that everything is
ready. Two clients ask all the time, each request on a connection of its own. Tests do the same on each run.

## The todo stack

Four services, asked through the node port of the frontend; scaling is four pods to twelve and back.

${lifeCycleTable(todo)}

## CI-fixer

${lifeCycleTable(ciFixer)}

## What the todo stack needs at least

With its default values, one pod a service, as the scheduler counts it:

${needed}

The programs themselves are placeholders here, so these are the guarantees of the chart, not what the programs use.
`;
}

/** What the pods of a namespace request, as the node adds it up. */
async function requested(cluster: Cluster): Promise<{ cpu: string; memory: string }> {
  const { stdout } = await cluster.kubectl(['describe', 'node', 'node1']);
  const of = (resource: string) =>
    new RegExp(`^\\s+${resource}\\s+(\\S+)`, 'm').exec(stdout.split('Allocated resources:')[1] ?? '')?.[1] ??
    '?';
  return { cpu: of('cpu'), memory: of('memory') };
}

async function leastNeeds(cluster: Cluster, namespace: TestNamespace, chart: string): Promise<string> {
  const before = await requested(cluster);
  await cluster.helm([
    'install',
    'todo-app',
    chart,
    '-n',
    namespace.name,
    ...secretOptions,
    '--wait',
    '--timeout=180s',
  ]);
  const after = await requested(cluster);
  return table(
    ['', 'CPU', 'memory'],
    [
      ['node before', before.cpu, before.memory],
      [`node with the stack (${serviceNames.length} pods)`, after.cpu, after.memory],
    ],
  );
}

async function main(): Promise<void> {
  const cluster = await startCluster();
  const folder = mkdtempSync(join(tmpdir(), 'drydock-todo-'));
  try {
    await buildImages(cluster);
    await buildCiFixer(cluster);
    const app = new App({ outdir: join(folder, 'manifests') });
    new TodoStackChart(app);
    new CiFixerChart(app);
    app.synth();
    const chart = join(folder, 'charts', 'todo-app');
    // First, while no other pod is about to end.
    const needed = await withNamespace(cluster, (namespace) => leastNeeds(cluster, namespace, chart));
    writeFileSync(
      join(evidence, 'todo-links.md'),
      await withNamespace(cluster, (namespace) => links(cluster, namespace)),
    );
    const valuesFile = join(folder, 'values.json');
    writeFileSync(valuesFile, JSON.stringify(valuesFor(30_091)));
    const steps = await withNamespace(cluster, (namespace) =>
      lifeCycle(stackRelease({ cluster, namespace: namespace.name, chart }, 30_091, valuesFile)),
    );
    const ciFixer = await withNamespace(cluster, (namespace) =>
      lifeCycle(ciFixerRelease(cluster, namespace, join(folder, 'charts', 'ci-fixer'))),
    );
    writeFileSync(join(evidence, 'lifecycle.md'), lifeCyclePage(steps, ciFixer, needed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await cluster.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
