/**
 * Writes docs/side-by-side.md: one backend written by hand for Helm, with cdk8s-plus, and with this library.
 *
 *     npx tsx bench/backend/page.ts
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App as StockApp } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { check, Inventory, type KubeObjectJson, podSecurityViolations } from '../../check';
import { tool } from '../../cluster/tools/tool';
import { App, Testing } from '../../core/synth';
import { backend as withPlus } from './cdk8s-plus';
import { backend as withDrydock } from './drydock';
import { OTHER_CHARTS } from './other-charts';

interface Contender {
  readonly title: string;
  readonly files: readonly string[];
  readonly objects: readonly KubeObjectJson[];
  readonly values: string;
  readonly schema: string;
}

const helmFolder = join(__dirname, 'helm');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function linesOf(files: readonly string[]): number {
  return files.flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter((line) => line.trim() !== '')
    .length;
}

/** What an operator asks of a workload, and how to see it in the objects. */
const QUESTIONS: readonly [string, (objects: readonly KubeObjectJson[]) => boolean][] = [
  [
    'admitted where Pod Security is restricted',
    (o) => new Inventory(o).pods.every((one) => podSecurityViolations(one, 'restricted').length === 0),
  ],
  [
    'only named peers can call it, and it can call only named peers',
    (o) => o.some(({ kind }) => kind === 'NetworkPolicy'),
  ],
  [
    'no token of a service account in the pod',
    (o) => new Inventory(o).pods.every(({ spec }) => spec.automountServiceAccountToken === false),
  ],
  ['disk of the pod is limited', (o) => everyContainer(o, (one) => !!limits(one)['ephemeral-storage'])],
  ['memory is limited', (o) => everyContainer(o, (one) => !!limits(one).memory)],
  [
    'a roll-out waits for the next pod, and the last requests are served',
    (o) =>
      everyContainer(o, (one) => !!one.lifecycle) &&
      o.every((one) => one.kind !== 'Deployment' || JSON.stringify(one).includes('"maxUnavailable":0')),
  ],
  ['a drain takes one pod at a time', (o) => o.some(({ kind }) => kind === 'PodDisruptionBudget')],
  [
    'the pods are on several nodes',
    (o) => new Inventory(o).pods.every(({ spec }) => !!spec.topologySpreadConstraints || !!spec.affinity),
  ],
];

type Container = Readonly<Record<string, unknown>>;

function everyContainer(
  objects: readonly KubeObjectJson[],
  holds: (container: Container) => boolean,
): boolean {
  return new Inventory(objects).pods.every(({ spec }) => (spec.containers ?? []).every(holds));
}

function limits(container: Container): Readonly<Record<string, unknown>> {
  return (container.resources as { readonly limits?: Record<string, unknown> } | undefined)?.limits ?? {};
}

function page(contenders: readonly Contender[]): string {
  const row = (title: string, of: (one: Contender) => string) =>
    `| ${title} | ${contenders.map(of).join(' | ')} |`;
  const rows = [
    row('', ({ title }) => title),
    `|---|${contenders.map(() => '---').join('|')}|`,
    row('lines to write and to read, without empty ones', ({ files }) => String(linesOf(files))),
    row('objects', ({ objects }) => String(objects.length)),
    row('values that can be set at installation', ({ values }) => values),
    row('wrong values are refused before anything is installed', ({ schema }) => schema),
    ...QUESTIONS.map(([title, holds]) => row(title, ({ objects }) => (holds(objects) ? 'yes' : '**no**'))),
    row('findings of `drydock check`', ({ objects }) => String(check(objects).length)),
  ];
  return `# One backend, three ways

A web server with two replicas, probes, a writable /tmp and a host name, as its author would write it: by hand for Helm, with cdk8s-plus-34, and with this library. The programs are in \`bench/backend\`; \`npx tsx bench/backend/page.ts\` writes this page from what they print.

${rows.join('\n')}

Each "no" can be had in the other two as well, by writing more lines; the question here is what is left open otherwise.
${OTHER_CHARTS}`;
}

async function main(): Promise<void> {
  const rendered = execFileSync(await tool('helm-4'), ['template', 'release', helmFolder], {
    encoding: 'utf8',
  });
  const contenders: Contender[] = [
    {
      title: 'Helm, by hand',
      files: filesBelow(helmFolder),
      objects: parseAllDocuments(rendered).map((one) => one.toJS() as KubeObjectJson),
      values: '3',
      schema: '**no**',
    },
    {
      title: 'cdk8s-plus-34',
      files: [join(__dirname, 'cdk8s-plus.ts')],
      objects: withPlus(new StockApp({ outdir: 'unused' })).toJson(),
      values: '**none**',
      schema: '**no**',
    },
    {
      title: 'cdk8s-drydock',
      files: [join(__dirname, 'drydock.ts')],
      objects: Testing.synth(withDrydock(new App({ outdir: 'unused' }))) as KubeObjectJson[],
      values: '3',
      schema: 'yes',
    },
  ];
  writeFileSync(join(__dirname, '..', '..', 'docs', 'side-by-side.md'), page(contenders));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
